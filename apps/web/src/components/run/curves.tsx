/**
 * The curves that a run's record holds, whatever evaluation made it: every list of numbers under a name such as "loss" or
 * "losses", and every list of objects that each have a step, an iteration or an epoch beside numbers.
 */
import { linear, padded, ticksOf, tickText } from "../plot/scale";

export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const countedBy = ["step", "iteration", "epoch"] as const;
const named = /(loss|losses|curve|lr|learningRate|accuracy)$/i;

/** More than these are not read; deeper than this no record goes. */
const mostCurves = 12;
const deepest = 8;

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function ofList(name: string, list: readonly unknown[]): Curve[] {
  if (list.length < 3) return [];
  if (list.every(isNumber)) {
    return named.test(name) ? [{ name, points: list.map((y, x) => ({ x: x + 1, y: y as number })) }] : [];
  }
  if (!list.every(isObject)) return [];
  const [first] = list as Record<string, unknown>[];
  const across = countedBy.find((one) => isNumber(first?.[one]));
  if (!first || !across) return [];
  return Object.keys(first)
    .filter((key) => !(countedBy as readonly string[]).includes(key) && isNumber(first[key]))
    .map((key) => ({
      name: name ? `${name}: ${key}` : key,
      points: (list as Record<string, unknown>[]).flatMap((one) => {
        const [x, y] = [one[across], one[key]];
        return isNumber(x) && isNumber(y) ? [{ x, y }] : [];
      }),
    }))
    .filter(({ points }) => points.length > 2);
}

export function curvesOf(record: unknown): Curve[] {
  const found: Curve[] = [];
  const walk = (value: unknown, name: string, depth: number) => {
    if (found.length >= mostCurves || depth > deepest) return;
    if (Array.isArray(value)) {
      const curves = ofList(name, value);
      found.push(...curves);
      if (curves.length === 0) {
        for (const [i, one] of value.slice(0, mostCurves).entries())
          walk(one, `${name} ${i + 1}`.trim(), depth + 1);
      }
    } else if (isObject(value)) {
      for (const [key, one] of Object.entries(value)) walk(one, name ? `${name} ${key}` : key, depth + 1);
    }
  };
  walk(record, "", 0);
  return found.slice(0, mostCurves);
}

const size = { width: 420, height: 220, left: 52, right: 12, top: 10, bottom: 28 } as const;

/** A record's path as a reader says it: "training curves learningRate" is "Training learning rate". */
export function titleOf(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(" ")
    .filter((word) => word !== "curves")
    .join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function CurvePlot({ curve }: { curve: Curve }) {
  const xs = curve.points.map(({ x }) => x);
  const ys = curve.points.map(({ y }) => y);
  const x = linear([Math.min(...xs), Math.max(...xs)], [size.left, size.width - size.right]);
  const y = linear(padded(ys, 0.05), [size.height - size.bottom, size.top]);
  const [xTicks, yTicks] = [ticksOf(x.domain, 5), ticksOf(y.domain, 4)];
  return (
    <figure>
      <figcaption className="mb-1 text-sm font-medium">{titleOf(curve.name)}</figcaption>
      <svg
        role="img"
        aria-label={`${titleOf(curve.name)}: ${curve.points.length} points, from ${ys[0]?.toPrecision(4)} to ${ys.at(-1)?.toPrecision(4)}`}
        viewBox={`0 0 ${size.width} ${size.height}`}
        className="h-auto w-full"
        fontSize="11"
        fill="var(--muted)"
      >
        {yTicks.map((tick) => (
          <g key={tick}>
            <line
              x1={size.left}
              x2={size.width - size.right}
              y1={y.at(tick)}
              y2={y.at(tick)}
              stroke="var(--line)"
            />
            <text x={size.left - 6} y={y.at(tick) + 4} textAnchor="end">
              {tickText(tick, yTicks)}
            </text>
          </g>
        ))}
        {xTicks.map((tick) => (
          <text key={tick} x={x.at(tick)} y={size.height - 8} textAnchor="middle">
            {tickText(tick, xTicks)}
          </text>
        ))}
        <path
          fill="none"
          stroke="var(--accent)"
          strokeWidth="1.5"
          d={`M${curve.points.map((point) => `${x.at(point.x).toFixed(1)} ${y.at(point.y).toFixed(1)}`).join("L")}`}
        />
      </svg>
    </figure>
  );
}

/** Nothing where the record holds no curve. */
export function Curves({ record }: { record: unknown }) {
  const curves = curvesOf(record);
  if (curves.length === 0) return null;
  return (
    <section aria-labelledby="curves" className="mt-8">
      <h2 id="curves" className="mb-2 text-lg font-semibold">
        Curves
      </h2>
      <div className="grid gap-6 sm:grid-cols-2 xl:grid-cols-3">
        {curves.map((curve) => (
          <CurvePlot key={curve.name} curve={curve} />
        ))}
      </div>
    </section>
  );
}
