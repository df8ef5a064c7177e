/** An order of variables in which those that go together stand together: average linkage on 1 - |r|. */

/** `likeness[i][j]`: a coefficient, or null where there is none; symmetric. Gives the places in their new order. */
export function clusterOrder(likeness: readonly (readonly (number | null)[])[]): number[] {
  const distance = (i: number, j: number) => 1 - Math.abs(likeness[i]?.[j] ?? 0);
  let clusters = likeness.map((_, i) => [i]);
  const between = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, i) => sum + b.reduce((inner, j) => inner + distance(i, j), 0), 0) / (a.length * b.length);
  while (clusters.length > 1) {
    let [left, right, least] = [0, 1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < clusters.length; i++) {
      for (let j = i + 1; j < clusters.length; j++) {
        const d = between(clusters[i]!, clusters[j]!);
        if (d < least) [left, right, least] = [i, j, d];
      }
    }
    const [a, b] = [clusters[left]!, clusters[right]!];
    // The nearer ends meet: of the four ways to lay two rows end to end, the one with the closest neighbours.
    const ways = [
      [a, b],
      [a.toReversed(), b],
      [a, b.toReversed()],
      [a.toReversed(), b.toReversed()],
    ] as const;
    const [first, second] = ways.reduce((best, way) =>
      distance(way[0].at(-1)!, way[1][0]!) < distance(best[0].at(-1)!, best[1][0]!) ? way : best,
    );
    clusters = [...clusters.filter((_, i) => i !== left && i !== right), [...first, ...second]];
  }
  return clusters[0] ?? [];
}
