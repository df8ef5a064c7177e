/**
 * The normal, Student's t and the fair coin's binomial distribution: cumulative probabilities, tails and quantiles.
 * Tails are computed as tails, never as 1 minus a number near 1.
 */

import { erfc, incompleteBeta } from "./special.ts";

/** P(Z <= z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z / Math.SQRT2);
}

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

// Wichura's rational approximations (AS 241, PPND16), relative error about 1e-16, in three regimes of p.
const CENTRE = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
] as const;
const TAIL = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const;
const FAR_TAIL = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

/** The z with P(Z <= z) = p: -Infinity at 0, Infinity at 1, NaN outside [0, 1]. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  const fromHalf = p - 0.5;
  if (Math.abs(fromHalf) <= 0.425) {
    const r = 0.180625 - fromHalf * fromHalf;
    return (fromHalf * polynomial(CENTRE[0], r)) / polynomial(CENTRE[1], r);
  }
  const r = Math.sqrt(-Math.log(fromHalf < 0 ? p : 1 - p));
  const [over, under, at] = r <= 5 ? [...TAIL, r - 1.6] : [...FAR_TAIL, r - 5];
  return (Math.sign(fromHalf) * polynomial(over, at)) / polynomial(under, at);
}

/** P(|T| >= |t|) of Student's t with `degrees` > 0 degrees of freedom: I_x(degrees/2, 1/2), x = degrees / (degrees + t²). */
export function studentTTwoSided(t: number, degrees: number): number {
  if (Number.isNaN(t) || !(degrees > 0)) return Number.NaN;
  if (!Number.isFinite(t)) return 0;
  const sum = degrees + t * t;
  return incompleteBeta(degrees / sum, degrees / 2, 0.5, (t * t) / sum);
}

/** P(T <= t) of Student's t with `degrees` > 0 degrees of freedom. */
export function studentTCdf(t: number, degrees: number): number {
  const tail = studentTTwoSided(t, degrees) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The t with P(T <= t) = p: -Infinity at 0, Infinity at 1, NaN outside [0, 1]. */
export function studentTQuantile(p: number, degrees: number): number {
  if (!(p >= 0 && p <= 1) || !(degrees > 0)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentTQuantile(1 - p, degrees);
  // The lower tail: bracket the root, then halve until the bracket is two neighbouring numbers.
  let high = 0;
  let low = -1;
  while (studentTCdf(low, degrees) > p) {
    high = low;
    low *= 2;
  }
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentTCdf(middle, degrees) > p) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** P(X <= k), X ~ Bin(n, 1/2), k a whole number from 0: 1 where n is 0. */
export function binomialHalfCdf(k: number, n: number): number {
  return k >= n ? 1 : incompleteBeta(0.5, n - k, k + 1);
}
