/** Three answers out of the live record, each with a small plot and the page that says more. */
import Link from "next/link";
import type { ReactNode } from "react";
import type { Family } from "../../../generated/graphql";
import { formatNumber } from "../../lib/format";

interface Point {
  readonly x: number;
  readonly y: number;
  readonly family: Family;
}

/** Points without axes: the shape is the message. */
export function Sparkscatter({
  points,
  line,
}: {
  points: readonly Point[];
  line: { slope: number; intercept: number } | null;
}) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const px = (x: number) => 6 + ((x - left) / (right - left || 1)) * 108;
  const py = (y: number) => 58 - ((y - low) / (high - low || 1)) * 52;
  return (
    <svg aria-hidden="true" viewBox="0 0 120 64" className="h-16 w-30 shrink-0">
      {line && (
        <line
          x1={px(left)}
          y1={py(line.slope * left + line.intercept)}
          x2={px(right)}
          y2={py(line.slope * right + line.intercept)}
          stroke="var(--muted)"
          strokeWidth="1"
        />
      )}
      {points.map(({ x, y, family }) => (
        <circle key={`${x} ${y}`} cx={px(x)} cy={py(y)} r="2.8" fill={`var(--${family.toLowerCase()})`} />
      ))}
    </svg>
  );
}

export function Sparkbars({ bars }: { bars: readonly { name: string; family: Family; value: number }[] }) {
  const most = Math.max(...bars.map(({ value }) => value), 1);
  return (
    <svg aria-hidden="true" viewBox="0 0 120 64" className="h-16 w-30 shrink-0">
      {bars.map(({ name, family, value }, i) => (
        <rect
          key={name}
          x="0"
          y={4 + i * 12}
          width={Math.max(2, (value / most) * 118)}
          height="8"
          rx="2"
          fill={`var(--${family.toLowerCase()})`}
        />
      ))}
    </svg>
  );
}

function Card({
  href,
  title,
  children,
  plot,
}: {
  href: string;
  title: string;
  children: ReactNode;
  plot: ReactNode;
}) {
  return (
    <Link
      href={href}
      prefetch={false}
      className="flex items-center justify-between gap-3 rounded-md border border-line p-3 hover:border-ink"
    >
      <span className="min-w-0">
        <span className="block text-xs text-muted">{title}</span>
        <span className="mt-1 block leading-snug font-medium">{children}</span>
      </span>
      {plot}
    </Link>
  );
}

export interface Answer {
  readonly n: number;
  readonly coefficient: number | null;
  readonly points: readonly Point[];
  readonly line: { slope: number; intercept: number } | null;
}

export interface AnswerCardsProps {
  readonly leaders: readonly { name: string; family: Family; meanRank: number }[];
  readonly methods: number;
  readonly linear: Answer;
  readonly segmentation: Answer;
}

/** From this correlation on, one predicts the other well enough to say so; below the second, it does not. */
const PREDICTS = 0.7;
const HARDLY = 0.4;

/** What `r` says of ImageNet accuracy as a predictor. */
const verb = (r: number | null) =>
  r === null
    ? "cannot yet be compared with"
    : r >= PREDICTS
      ? "predicts"
      : r >= HARDLY
        ? "goes with"
        : "does not predict";

const r = (value: number | null) => (
  <span className="whitespace-nowrap">
    <i>r</i> = {formatNumber(value, 2)}
  </span>
);

export function AnswerCards({ leaders, methods, linear, segmentation }: AnswerCardsProps) {
  const [first, second] = leaders;
  return (
    <div className="grid gap-3 md:grid-cols-3">
      {first && (
        <Card
          href="/suites/overview?view=plot"
          title={`Best overall, of ${methods} methods`}
          plot={
            <Sparkbars
              bars={leaders.map(({ name, family, meanRank }) => ({
                name,
                family,
                value: methods + 1 - meanRank,
              }))}
            />
          }
        >
          {first.name}, mean rank {formatNumber(first.meanRank, 1)}
          {second && (
            <span className="block text-sm font-normal text-muted">
              then {second.name}, {formatNumber(second.meanRank, 1)}
            </span>
          )}
        </Card>
      )}
      <Card
        href="/correlation"
        title="What predicts transfer?"
        plot={<Sparkscatter points={linear.points} line={linear.line} />}
      >
        ImageNet accuracy {verb(linear.coefficient)} linear transfer, {r(linear.coefficient)}
        <span className="block text-sm font-normal text-muted">over {linear.n} methods</span>
      </Card>
      <Card
        href="/correlation?y=segmentation"
        title="What about segmentation?"
        plot={<Sparkscatter points={segmentation.points} line={segmentation.line} />}
      >
        {(linear.coefficient ?? 0) >= PREDICTS && (segmentation.coefficient ?? 1) < HARDLY
          ? "… but not segmentation"
          : `It ${verb(segmentation.coefficient)} segmentation`}
        , {r(segmentation.coefficient)}
        <span className="block text-sm font-normal text-muted">over {segmentation.n} methods</span>
      </Card>
    </div>
  );
}
