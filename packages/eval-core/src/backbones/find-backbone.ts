/**
 * Finding the one backbone in a checkpoint: through nested dictionaries, wrappers' prefixes, momentum copies and
 * heads, and saying of everything else why it was left.
 */
import { CheckpointError, listed, quoted } from "../checkpoints/errors.ts";
import { StoredTensor } from "../checkpoints/stored.ts";
import { guessModel } from "./guess.ts";
import { momentumCopy, type Naming, namings, nestRank, partOf } from "./layouts.ts";

export interface Kept {
  /** torchvision's. */
  readonly name: string;
  /** Where in the file: nesting and prefix included, with `/` between dictionaries. */
  readonly from: string;
  readonly tensor: StoredTensor;
}

export interface Dropped {
  readonly name: string;
  readonly why: string;
}

export interface FoundBackbone {
  /** Of the tensors' place: "state_dict / module.encoder_q.", or "" for the file's own top. */
  readonly place: string;
  readonly naming: Naming;
  readonly kept: readonly Kept[];
  readonly dropped: readonly Dropped[];
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
  readonly naming: Naming;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Dictionaries nested deeper than this hold no weights in any published file. */
const DEEPEST = 6;
/** No module tree has longer names; patterns are never matched against more. */
const LONGEST_NAME = 500;
/** Fewer names of one prefix than this are a coincidence. */
const FEWEST_HITS = 5;

/** @throws CheckpointError when there is no backbone, or no telling which. */
export function findBackbone(root: unknown, options: FindOptions = {}): FoundBackbone {
  const dictionaries = tensorDictionaries(root);
  const candidates = dictionaries.flatMap(({ path, tensors }) => candidatesIn(path, tensors));
  const chosen = choose(candidates, dictionaries, options);
  const kept: Kept[] = [];
  const dropped: Dropped[] = [];
  const unknown: string[] = [];
  for (const { path, tensors } of dictionaries) {
    const inChosen = tensors === chosen.tensors;
    for (const [key, tensor] of tensors) {
      const from = [...path, key].join("/");
      const owner = inChosen ? ownerOf(key, candidates, chosen) : undefined;
      if (owner !== chosen) {
        dropped.push({ name: from, why: whyOutside(path, key, owner) });
        continue;
      }
      const own = key.slice(chosen.prefix.length);
      const name = chosen.naming.translate(own);
      if (name === undefined) {
        const why = options.ignore?.some((start) => own.startsWith(start)) ? "as asked" : partOf(own);
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
  return { place: placeOf(chosen), naming: chosen.naming, kept, dropped };
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
  for (const naming of namings) {
    const hits = new Map<string, number>();
    for (const key of tensors.keys()) {
      const prefix = naming.anchor.exec(key)?.[1];
      if (prefix !== undefined) hits.set(prefix, (hits.get(prefix) ?? 0) + 1);
    }
    for (const [prefix, count] of hits) {
      if (count >= FEWEST_HITS) candidates.push({ path, prefix, naming, tensors });
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
    throw new CheckpointError(`holds no ResNet: it seems to be ${guessModel(names)}`);
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
  const best = Math.min(...pool.map(({ path }) => nestRank(path)));
  const first = pool.filter(({ path }) => nestRank(path) === best);
  if (first.length > 1) {
    throw new CheckpointError(
      `holds several backbones, at ${listed(first.map((candidate) => quoted(placeOf(candidate))))}: say which with --prefix`,
    );
  }
  return first[0]!;
}

function isMomentumCopy({ path, prefix }: Candidate): boolean {
  return momentumCopy.test([...path, prefix].join("/"));
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
  if (momentumCopy.test([...path, key].join("/"))) return "momentum copy";
  if (owner !== undefined) return "another backbone";
  const own = key.replace(/^(module|model|net|network|encoder|backbone)\./, "");
  return partOf(own) ?? partOf(path.at(-1) ?? "") ?? "not part of the backbone";
}
