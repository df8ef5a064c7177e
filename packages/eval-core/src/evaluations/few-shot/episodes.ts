/** The episodes of few-shot evaluation: drawn from a seed, or given; either way checked, hashed and recorded. */

import { SeededRandom } from "../../tensor/index.ts";
import { fingerprint } from "../fingerprint.ts";

export interface Episode {
  /** `way` distinct class labels. */
  readonly classes: readonly number[];
  /** way x shot rows of the feature matrix, in the order of `classes`. */
  readonly support: readonly (readonly number[])[];
  /** way x query rows, disjoint from the support. */
  readonly query: readonly (readonly number[])[];
}

/** The JSON form of an episodes file. */
export interface EpisodeSet {
  readonly way: number;
  readonly shot: number;
  readonly query: number;
  readonly episodes: readonly Episode[];
}

/** What cannot be evaluated few-shot, and why; the message is one sentence for people. */
export class FewShotError extends RangeError {
  override readonly name = "FewShotError";
}

export interface Draw {
  readonly way: number;
  readonly shot: number;
  readonly query: number;
  readonly count: number;
  readonly seed: number;
}

/** The rows of each class, in ascending order of label. @throws FewShotError on labels that are no classes. */
export function rowsByClass(labels: ArrayLike<number | bigint>): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const label = Number(labels[i]);
    if (!Number.isSafeInteger(label) || label < 0) {
      throw new FewShotError(`Label ${i} is ${labels[i]}: expected a class number from 0 up.`);
    }
    const own = rows.get(label);
    if (own) own.push(i);
    else rows.set(label, [i]);
  }
  return new Map([...rows].sort(([a], [b]) => a - b));
}

/**
 * Draws episodes: `way` classes of those with at least shot + query images, then that many images of each, all
 * without replacement and with equal chances. One seed and one list of labels give one set, on every machine.
 * @throws FewShotError when fewer than `way` classes have enough images, saying how many do.
 */
export function drawEpisodes(labels: ArrayLike<number | bigint>, draw: Draw): EpisodeSet {
  const { way, shot, query, count, seed } = draw;
  for (const [name, value] of Object.entries({ way, shot, query, count })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new FewShotError(`${name} must be a whole number from 1 up: found ${value}.`);
    }
  }
  const all = rowsByClass(labels);
  const need = shot + query;
  const able = [...all].filter(([, rows]) => rows.length >= need);
  if (able.length < way) {
    throw new FewShotError(
      `${shot}-shot episodes with ${query} queries need ${way} classes of at least ${need} images each: ` +
        `${able.length} of ${all.size} classes have that many; choose fewer shots or leave this dataset out.`,
    );
  }
  const random = new SeededRandom(seed);
  const classes = able.map((_, i) => i);
  const episodes = Array.from({ length: count }, (): Episode => {
    const chosen = takeFirst(classes, way, random).map((i) => able[i]!);
    const drawn = chosen.map(([, rows]) => takeFirst(rows, need, random));
    return {
      classes: chosen.map(([label]) => label),
      support: drawn.map((rows) => rows.slice(0, shot)),
      query: drawn.map((rows) => rows.slice(shot)),
    };
  });
  return { way, shot, query, episodes };
}

/** `count` items without replacement: the first steps of Fisher and Yates' shuffle, in place. */
function takeFirst<T>(items: T[], count: number, random: SeededRandom): T[] {
  for (let i = 0; i < count; i++) {
    const j = i + random.below(items.length - i);
    const moved = items[i]!;
    items[i] = items[j]!;
    items[j] = moved;
  }
  return items.slice(0, count);
}

/** SHA-256 of the canonical JSON of the set: names these episodes, drawn or given. */
export function hashEpisodes(set: EpisodeSet): string {
  return fingerprint({ way: set.way, shot: set.shot, query: set.query, episodes: set.episodes });
}

/**
 * Checks that a set of episodes (a parsed JSON file) fits these labels.
 * @throws FewShotError naming the episode, what was expected of it and what was found.
 */
export function checkEpisodes(input: unknown, labels: ArrayLike<number | bigint>): EpisodeSet {
  const set = asRecord(input, "The episodes file");
  const sizes = { way: set.way, shot: set.shot, query: set.query };
  for (const [name, value] of Object.entries(sizes)) {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
      throw new FewShotError(`The episodes file says ${name}: ${value}: expected a whole number from 1 up.`);
    }
  }
  const { way, shot, query } = sizes as { way: number; shot: number; query: number };
  if (!Array.isArray(set.episodes) || set.episodes.length === 0) {
    throw new FewShotError("The episodes file holds no episodes: expected a list of at least one.");
  }
  const episodes = set.episodes.map((item: unknown, e): Episode => {
    const where = `Episode ${e}`;
    const episode = asRecord(item, where);
    const classes = asNumbers(episode.classes, way, `${where}'s classes`);
    if (new Set(classes).size !== way) throw new FewShotError(`${where} names a class twice: ${classes}.`);
    const [support, queries] = (["support", "query"] as const).map((part) => {
      const size = part === "support" ? shot : query;
      const lists = episode[part];
      if (!Array.isArray(lists) || lists.length !== way) {
        throw new FewShotError(`${where}'s ${part} must be ${way} lists, one a class.`);
      }
      return lists.map((rows: unknown, c) => {
        const list = asNumbers(rows, size, `${where}'s ${part} of class ${classes[c]}`);
        for (const row of list) {
          if (!Number.isSafeInteger(row) || row < 0 || row >= labels.length) {
            throw new FewShotError(`${where} names image ${row}: expected 0 to ${labels.length - 1}.`);
          }
          if (Number(labels[row]) !== classes[c]) {
            throw new FewShotError(
              `${where} takes image ${row} for class ${classes[c]}: its label is ${labels[row]}.`,
            );
          }
        }
        return list;
      });
    }) as [number[][], number[][]];
    if (new Set([...support.flat(), ...queries.flat()]).size !== way * (shot + query)) {
      throw new FewShotError(`${where} uses an image twice: support and queries must all be different.`);
    }
    return { classes, support, query: queries };
  });
  return { way, shot, query, episodes };
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new FewShotError(`${what} must be a JSON object with its named parts.`);
}

function asNumbers(value: unknown, length: number, what: string): number[] {
  if (Array.isArray(value) && value.length === length && value.every((item) => typeof item === "number")) {
    return value;
  }
  throw new FewShotError(`${what} must be ${length} numbers.`);
}
