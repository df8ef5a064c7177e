/**
 * The special functions under every p-value and interval here: log-gamma, the regularised incomplete beta and
 * erfc, to about 1e-14 relative, tails included. Probability distributions are in distributions.ts.
 */

/** Stirling's series for ln Γ: B(2k) / (2k (2k - 1)), k = 1 to 7. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/**
 * The Stirling series of ln Γ(x) without its leading terms: ln Γ(x) = (x - 1/2) ln x - x + ln(2π)/2 + this.
 * Kept apart because differences of it lose no digits where differences of ln Γ would.
 */
function stirlingTail(x: number): number {
  const inverseSquare = 1 / (x * x);
  let sum = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) sum = sum * inverseSquare + STIRLING[k]!;
  return sum / x;
}

/** ln Γ(x) for x > 0; NaN elsewhere. */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  // Γ(x) = Γ(x + n) / (x (x + 1) ... (x + n - 1)): climb to where the series is exact to double precision.
  let product = 1;
  let y = x;
  while (y < 12) product *= y++;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + stirlingTail(y) - Math.log(product);
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) - ln Γ(a + b), without cancellation where the larger argument is large. */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < 12) return logGamma(a) + logGamma(b) - logGamma(a + b);
  // ln Γ(large) - ln Γ(large + small), term by term.
  const difference =
    -(large - 0.5) * Math.log1p(small / large) -
    small * Math.log(large + small) +
    small +
    stirlingTail(large) -
    stirlingTail(large + small);
  return logGamma(small) + difference;
}

/** The continued fraction of the incomplete beta, by Lentz's method; converges fast for x < (a + 1) / (a + b + 2). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let value = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || tiny);
    c = 1 + even / c || tiny;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || tiny);
    c = 1 + odd / c || tiny;
    const step = d * c;
    value *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return value;
}

/**
 * The regularised incomplete beta function I_x(a, b), a > 0, b > 0, x in [0, 1]; NaN outside.
 * `complement` is 1 - x: pass it where x is near 1 and its distance from 1 is known better than by subtraction.
 */
export function incompleteBeta(x: number, a: number, b: number, complement = 1 - x): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return Number.NaN;
  if (x === 0) return 0;
  if (complement === 0) return 1;
  // x^a (1 - x)^b / B(a, b); ln of the side nearer to 1 by log1p of the other.
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-complement);
  const logComplement = x < 0.5 ? Math.log1p(-x) : Math.log(complement);
  const front = Math.exp(a * logX + b * logComplement - logBeta(a, b));
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a;
  return 1 - (front * betaFraction(complement, b, a)) / b;
}

/** erfc(x) = 1 - erf(x), accurate relative to its own size far into the tail. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < 0) return 2 - erfc(-x);
  if (x > 27.3) return 0;
  const square = x * x;
  if (x < 2) {
    // erf(x) = 2/√π e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!: all terms positive, so nothing cancels.
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * square) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
  }
  // erfc(x) = e^(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))), from the inside out.
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-square) / (Math.sqrt(Math.PI) * fraction);
}
