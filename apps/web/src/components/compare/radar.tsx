/** Methods over the settings: the share of ranked methods that each one beats, from none at the centre to all at the rim. */
import { dashes, inks } from "./marks";

export interface RadarMethod {
  readonly slug: string;
  readonly name: string;
  /** A share for each axis, null where it has no rank. */
  readonly shares: readonly (number | null)[];
}

const size = { width: 460, height: 340, radius: 110 } as const;

/** More lines than these cannot be told apart. */
export const mostLines = inks.length;

export function Radar({ axes, methods }: { axes: readonly string[]; methods: readonly RadarMethod[] }) {
  const [cx, cy] = [size.width / 2, size.height / 2];
  const point = (axis: number, share: number) => {
    const angle = (2 * Math.PI * axis) / axes.length - Math.PI / 2;
    return [cx + Math.cos(angle) * share * size.radius, cy + Math.sin(angle) * share * size.radius] as const;
  };
  const ring = (share: number) => axes.map((_, i) => point(i, share).join(" ")).join("L");
  return (
    <svg
      role="img"
      aria-label={`Share of methods beaten in ${axes.length} settings, of ${methods.map(({ name }) => name).join(", ")}`}
      viewBox={`0 0 ${size.width} ${size.height}`}
      className="h-auto w-full max-w-lg"
      fontSize="12"
      fill="var(--ink)"
    >
      {[0.25, 0.5, 0.75, 1].map((share) => (
        <path key={share} d={`M${ring(share)}Z`} fill="none" stroke="var(--line)" />
      ))}
      {axes.map((title, i) => {
        const [x, y] = point(i, 1);
        const [tx, ty] = point(i, 1.13);
        const anchor = Math.abs(tx - cx) < 12 ? "middle" : tx > cx ? "start" : "end";
        return (
          <g key={title}>
            <line x1={cx} y1={cy} x2={x} y2={y} stroke="var(--line)" />
            <text x={tx} y={ty + 4} textAnchor={anchor} fill="var(--muted)">
              {title}
            </text>
          </g>
        );
      })}
      {methods.slice(0, mostLines).map(({ slug, shares }, m) => {
        const known = shares.flatMap((share, i) => (share === null ? [] : [point(i, share)]));
        return (
          <g key={slug}>
            <path
              d={`M${known.map((one) => one.join(" ")).join("L")}${known.length > 2 ? "Z" : ""}`}
              fill={inks[m]}
              fillOpacity="0.07"
              stroke={inks[m]}
              strokeWidth="2"
              strokeDasharray={dashes[m]}
            />
            {known.map(([x, y]) => (
              <circle key={`${x} ${y}`} cx={x} cy={y} r="3" fill={inks[m]} />
            ))}
          </g>
        );
      })}
    </svg>
  );
}
