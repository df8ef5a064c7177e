import type { Curve } from "./record";

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [220, 130, 30, 20];
const title = (name: string) => name[0]!.toUpperCase() + name.slice(1).replace("-", " ");

/** What stands along the bottom, and its two ends where these are no numbers. */
const AXES: Readonly<Record<string, { readonly of: string; readonly ends?: readonly [string, string] }>> = {
  grayscale: { of: "", ends: ["without", "with"] },
  "horizontal-flip": { of: "", ends: ["without", "with"] },
  "vertical-flip": { of: "", ends: ["without", "with"] },
  hue: { of: "shift, in turns" },
  saturation: { of: "factor" },
  brightness: { of: "factor" },
  contrast: { of: "factor" },
  rotation: { of: "degrees" },
  translation: { of: "pixels down and right", ends: ["−16, −16", "16, 16"] },
  scale: { of: "factor" },
  blur: { of: "deviation in pixels" },
};

function Plot({ transformation, values, similarities }: Curve) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const least = Math.min(0.5, Math.floor(2 * Math.min(...similarities)) / 2);
  const { of = "", ends } = AXES[transformation] ?? {};
  const x = (value: number) => LEFT + ((value - low) / (high - low || 1)) * (WIDTH - LEFT - 6);
  const y = (value: number) => 6 + ((1 - value) / (1 - least)) * (HEIGHT - BOTTOM - 6);
  const points = values.map((value, i) => [x(value), y(similarities[i]!)] as const);
  const range = similarities.map((value) => value.toFixed(2));
  const mean = similarities.reduce((a, b) => a + b, 0) / similarities.length;
  return (
    <figure className="min-w-0">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className="w-full"
        role="img"
        aria-label={`${title(transformation)}: similarity ${range.join(", ")}`}
      >
        {[least, (1 + least) / 2, 1].map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={WIDTH - 6} y1={y(tick)} y2={y(tick)} stroke="currentColor" opacity="0.15" />
            <text x={LEFT - 4} y={y(tick) + 3} fontSize="9" textAnchor="end" fill="currentColor">
              {Number(tick.toFixed(2))}
            </text>
          </g>
        ))}
        <polyline
          points={points.map((p) => p.join()).join(" ")}
          fill="none"
          stroke="currentColor"
          opacity="0.5"
        />
        {points.map(([px, py], i) => (
          <circle key={values[i]} cx={px} cy={py} r="2.5" fill="currentColor" />
        ))}
        {[low, high].map((tick, i) => (
          <text
            key={tick}
            x={x(tick)}
            y={HEIGHT - 6}
            fontSize="9"
            textAnchor={i === 0 ? "start" : "end"}
            fill="currentColor"
          >
            {ends?.[i] ?? Number(tick.toFixed(2))}
          </text>
        ))}
        <text
          x={(LEFT + WIDTH - 6) / 2}
          y={HEIGHT - 6}
          fontSize="9"
          textAnchor="middle"
          fill="currentColor"
          opacity="0.7"
        >
          {of}
        </text>
      </svg>
      <figcaption className="text-xs text-muted">
        {title(transformation)}, mean {mean.toFixed(3)}
      </figcaption>
    </figure>
  );
}

/** How alike features stay as each transformation grows: 1 is not at all changed. */
export function InvariancePlots({ curves }: { curves: readonly Curve[] }) {
  return (
    <>
      <p className="mt-2 max-w-3xl text-sm text-muted">
        Mean cosine similarity between the features of a picture and of its transformed copy. At 1 the
        features do not change. Vertical axes begin at 0.5 where no value is lower.
      </p>
      <div className="mt-3 grid max-w-6xl grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-4">
        {curves.map((curve) => (
          <Plot key={curve.transformation} {...curve} />
        ))}
      </div>
    </>
  );
}
