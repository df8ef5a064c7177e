/** Numbers as Python writes them with so many decimals: the exact binary value rounded, halves to even. */

/**
 * `'%.{decimals}f' % value`. `toFixed` rounds the exact value too, but halves away from zero; a half is exact in binary
 * only where value * 2^(decimals + 1) is an odd whole number.
 */
export function formatFixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  const doubled = Math.abs(value) * 2 ** (decimals + 1);
  if (!Number.isInteger(doubled) || doubled % 2 === 0) return text;
  const lastDigit = Number(text.at(-1));
  if (lastDigit % 2 === 0) return text;
  // Rounded up to odd: one less in the last place is even, and as near.
  const digits = BigInt(text.replace(/[-.]/g, "")) - 1n;
  const padded = digits.toString().padStart(decimals + 1, "0");
  const whole = padded.slice(0, padded.length - decimals);
  return `${value < 0 ? "-" : ""}${whole}${decimals > 0 ? "." : ""}${padded.slice(padded.length - decimals)}`;
}
