/** Whether a set of tensors is exactly the expected one: the sentence that names what is missing, surplus or misshapen. */
import { listed } from "../checkpoints/errors.ts";

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** A shape without the ones before and behind, as long as it is longer than the expected one. */
function trimmed(shape: readonly number[], rank: number): readonly number[] {
  let [from, to] = [0, shape.length];
  while (to - from > rank && shape[from] === 1) from++;
  while (to - from > rank && shape[to - 1] === 1) to--;
  return shape.slice(from, to);
}

/**
 * @param named how a message calls a tensor: by its name in the file
 * @returns "missing: a; unexpected: b", or undefined when everything fits; [1, 1, D] fits [D]
 */
export function faultsOf(
  tensors: Shapes,
  expected: ReadonlyMap<string, readonly number[]>,
  named: (name: string) => string = (name) => name,
): string | undefined {
  const missing = [...expected.keys()].filter((name) => !tensors.has(name));
  const unexpected = [...tensors.keys()].filter((name) => !expected.has(name));
  const misshapen = [...tensors].flatMap(([name, { shape }]) => {
    const wanted = expected.get(name);
    return wanted === undefined || String(trimmed(shape, wanted.length)) === String(wanted)
      ? []
      : [`${named(name)} [${shape}] instead of [${wanted}]`];
  });
  const faults = [
    ...(missing.length > 0 ? [`missing: ${listed(missing.map(named))}`] : []),
    ...(unexpected.length > 0 ? [`unexpected: ${listed(unexpected.map(named))}`] : []),
    ...(misshapen.length > 0 ? [`misshapen: ${listed(misshapen)}`] : []),
  ];
  return faults.length === 0 ? undefined : faults.join("; ");
}

/** The size of an axis that most of the named tensors agree on: one odd tensor then shows as misshapen. */
export function commonest(tensors: Shapes, names: RegExp, axis = 0): number | undefined {
  const counts = new Map<number, number>();
  for (const [name, { shape }] of tensors) {
    const size = shape.at(axis);
    if (names.test(name) && size !== undefined) counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
