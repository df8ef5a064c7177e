/**
 * Finding the one backbone in a checkpoint: through nested dictionaries, wrappers' prefixes, momentum copies and
 * heads, and saying of everything else why it was left.
 */
import { CheckpointError, listed, quoted } from "../checkpoints/errors.ts";
import { StoredTensor } from "../checkpoints/stored.ts";
import type { Dropped, Family, Naming } from "./family.ts";
import { guessModel } from "./guess.ts";
import { momentumEncoder, nestRank, partOf } from "./layouts.ts";
import { families } from "./registry.ts";

export interface Kept {
  /** The family's own. */
  readonly name: string;
  /** Where in the file: nesting and prefix included, with `/` between dictionaries. */
  readonly from: string;
  readonly tensor: StoredTensor;
}

export interface FoundBackbone {
  /** Of the tensors' place: "state_dict / module.encoder_q.", or "" for the file's own top. */
  readonly place: string;
  readonly family: Family;
  readonly naming: Naming;
  readonly kept: readonly Kept[];
  readonly dropped: readonly Dropped[];
  /** What was dropped under the backbone's own prefix, by its name there. */
  readonly beside: ReadonlyMap<string, StoredTensor>;
  /** Every name in the file. */
  readonly file: readonly string[];
}

export interface FindOptions {
  /** Take the backbone whose names begin so ("module.encoder_q."), where a file has several. */
  readonly prefix?: string;
  /** Names (their beginnings, after the prefix) that are known not to belong to the backbone. */
  readonly ignore?: readonly string[];
}

interface Candidate {
  readonly path: readonly string[];
  readonly prefix: string;
  readonly family: Family;
  readonly naming: Naming;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The first of its names by which it was found, as the file has it. */
  readonly sign: string;
}

/** Dictionaries nested deeper than this hold no weights in any published file. */
const DEEPEST = 6;
/** No module tree has longer names; patterns are never matched against more. */
const LONGEST_NAME = 500;

/** @throws CheckpointError when there is no backbone, or no telling which. */
export function findBackbone(root: unknown, options: FindOptions = {}): FoundBackbone {
  const dictionaries = tensorDictionaries(root);
  const candidates = dictionaries.flatMap(({ path, tensors }) => candidatesIn(path, tensors));
  const chosen = choose(candidates, dictionaries, options);
  const { naming } = chosen;
  const kept: Kept[] = [];
  const dropped: Dropped[] = [];
  const unknown: string[] = [];
  const beside = new Map<string, StoredTensor>();
  const file: string[] = [];
  for (const { path, tensors } of dictionaries) {
    const inChosen = tensors === chosen.tensors;
    for (const [key, tensor] of tensors) {
      const from = [...path, key].join("/");
      file.push(from);
      const owner = inChosen ? ownerOf(key, candidates, chosen) : undefined;
      if (owner !== chosen) {
        const name = inChosen ? naming.outside?.(key) : undefined;
        if (name === undefined) dropped.push({ name: from, why: whyOutside(path, key, owner) });
        else kept.push({ name, from, tensor });
        continue;
      }
      const own = key.slice(chosen.prefix.length);
      const name = naming.translate(own);
      if (name === undefined) {
        const asked = options.ignore?.some((start) => own.startsWith(start));
        const why = asked ? "as asked" : (naming.partOf ?? partOf)(own);
        beside.set(own, tensor);
        if (why === undefined) unknown.push(own);
        else dropped.push({ name: from, why });
      } else if (name.endsWith(".num_batches_tracked")) {
        dropped.push({ name: from, why: "batch counter" });
      } else {
        kept.push({ name, from, tensor });
      }
    }
  }
  if (unknown.length > 0) {
    throw new CheckpointError(
      `has tensors beside the backbone that are no known head: ${listed(unknown)}; name them with --ignore if they do not belong to it`,
    );
  }
  return { place: placeOf(chosen), family: chosen.family, naming, kept, dropped, beside, file };
}

interface Dictionary {
  readonly path: readonly string[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Every dictionary in the tree that holds tensors directly. */
export function tensorDictionaries(root: unknown): Dictionary[] {
  const found: Dictionary[] = [];
  const seen = new Set<unknown>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (!(value instanceof Map) || seen.has(value) || path.length > DEEPEST) return;
    seen.add(value);
    const tensors = new Map<string, StoredTensor>();
    for (const [key, item] of value) {
      if (typeof key !== "string" || !(item instanceof StoredTensor)) continue;
      if (key.length > LONGEST_NAME) {
        throw new CheckpointError(`is damaged: the name of a tensor has ${key.length} characters`);
      }
      tensors.set(key, item);
    }
    if (tensors.size > 0) found.push({ path, tensors });
    for (const [key, item] of value) {
      // Other keys (a class, nested tuples) have no name that is safe to print.
      const name = typeof key === "string" || typeof key === "number" ? String(key) : "?";
      visit(item, [...path, name.slice(0, LONGEST_NAME)]);
    }
  };
  visit(root, []);
  return found;
}

function candidatesIn(path: readonly string[], tensors: ReadonlyMap<string, StoredTensor>): Candidate[] {
  const candidates: Candidate[] = [];
  for (const family of families) {
    for (const naming of family.namings) {
      const hits = new Map<string, string[]>();
      for (const key of tensors.keys()) {
        const prefix = naming.anchor.exec(key)?.[1];
        if (prefix === undefined) continue;
        const keys = hits.get(prefix) ?? [];
        keys.push(key);
        hits.set(prefix, keys);
      }
      for (const [prefix, keys] of hits) {
        if (keys.length < naming.fewest) continue;
        candidates.push({ path, prefix, family, naming, tensors, sign: keys[0]! });
      }
    }
  }
  return candidates;
}

function choose(
  candidates: readonly Candidate[],
  dictionaries: readonly Dictionary[],
  { prefix }: FindOptions,
): Candidate {
  const names = dictionaries.flatMap(({ tensors }) => [...tensors.keys()]);
  if (candidates.length === 0) {
    throw new CheckpointError(`holds no backbone that is known here: it seems to be ${guessModel(names)}`);
  }
  if (prefix !== undefined) {
    const asked = candidates.filter(
      (candidate) => candidate.prefix === prefix || placeOf(candidate) === prefix,
    );
    if (asked.length === 1) return asked[0]!;
    throw new CheckpointError(
      `has ${asked.length === 0 ? "no backbone" : "several backbones"} under ${quoted(prefix)}: there is one at each of ${listed(candidates.map((c) => quoted(placeOf(c))))}`,
    );
  }
  const originals = candidates.filter((candidate) => !isMomentumCopy(candidate));
  const pool = originals.length > 0 ? originals : candidates;
  const rankOf = ({ path, prefix, naming }: Candidate): number =>
    naming.rank?.(path, prefix) ?? nestRank(path);
  const best = Math.min(...pool.map(rankOf));
  const first = pool.filter((candidate) => rankOf(candidate) === best);
  if (first.length > 1) {
    throw new CheckpointError(
      `holds several backbones, at ${listed(first.map((candidate) => quoted(placeOf(candidate))))}: say which with --prefix (found by ${listed(first.map(({ sign }) => sign))})`,
    );
  }
  return first[0]!;
}

/** Not for a naming that ranks its nests itself: what is a copy in one family is the network in another. */
function isMomentumCopy({ path, prefix, naming }: Candidate): boolean {
  return naming.rank === undefined && momentumEncoder.test([...path, prefix].join("/"));
}

function placeOf({ path, prefix }: Candidate): string {
  return [...path, ...(prefix === "" ? [] : [prefix])].join(" / ");
}

/** The backbone with the longest prefix that a key begins with; undefined when it begins with none. */
function ownerOf(key: string, candidates: readonly Candidate[], chosen: Candidate): Candidate | undefined {
  let owner: Candidate | undefined;
  for (const candidate of candidates) {
    if (candidate.tensors !== chosen.tensors || !key.startsWith(candidate.prefix)) continue;
    if (owner === undefined || candidate.prefix.length > owner.prefix.length) owner = candidate;
  }
  return owner;
}

function whyOutside(path: readonly string[], key: string, owner: Candidate | undefined): string {
  if (momentumEncoder.test([...path, key].join("/"))) return "momentum copy";
  if (owner !== undefined) return "another backbone";
  const own = key.replace(/^(module|model|net|network|encoder|backbone)\./, "");
  return partOf(own) ?? partOf(path.at(-1) ?? "") ?? "not part of the backbone";
}
