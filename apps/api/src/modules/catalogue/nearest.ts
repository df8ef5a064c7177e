/** Near matches for a name that nothing has. */

/** Damerau-Levenshtein distance (adjacent swaps count once), cut short at `limit` + 1. */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, "");

/** Up to `count` of `known` that come near `wanted`: by containing it, or by few edits; nearest first. */
export function nearest(wanted: string, known: Iterable<string>, count = 5): string[] {
  const target = plain(wanted.slice(0, 100));
  if (target === "") return [];
  const limit = Math.max(2, Math.floor(target.length / 3));
  const scored: { name: string; score: number }[] = [];
  for (const name of known) {
    const candidate = plain(name);
    const contained = candidate.includes(target) || (candidate.length > 2 && target.includes(candidate));
    // A part of a name is as good as one edit, and the closer in length the better.
    const score = contained
      ? 1 - 1 / (1 + Math.abs(candidate.length - target.length))
      : editDistance(target, candidate, limit);
    if (score <= limit) scored.push({ name, score });
  }
  return scored
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name))
    .slice(0, count)
    .map(({ name }) => name);
}
