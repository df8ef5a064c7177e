/** a . b / (|a| |b|), in float64. @throws Error where one of them has no direction */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  const similarity = dot / Math.sqrt(aa * bb);
  if (Number.isFinite(similarity)) return Math.min(1, Math.max(-1, similarity));
  throw new Error("the network's features are all 0, or no numbers: they have no direction to compare");
}
