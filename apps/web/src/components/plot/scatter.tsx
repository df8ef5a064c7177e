"use client";

/**
 * The scatter of a correlation, drawn by React: it is there without script, and with it has a card a point, a zoom by
 * dragging, and downloads. Colours are CSS variables, so it follows the theme. Which point is hovered is shared with the
 * table beside it.
 */
import { useSearchParams } from "next/navigation";
import { type PointerEvent, useId, useRef, useState } from "react";
import type { Family } from "../../../generated/graphql";
import { changed, showHere } from "../live-link";
import { PlotDownloads } from "./downloads";
import { placeLabels } from "./labels";
import { linear, padded, rawTicks, ticksOf, tickText } from "./scale";

export interface ScatterPoint {
  readonly slug: string;
  readonly name: string;
  readonly family: Family;
  readonly x: number;
  readonly y: number;
  readonly marked: boolean;
  /** What its card says: the name, then a line each. */
  readonly card: string;
}

export interface ScatterAxis {
  readonly label: string;
  /** 100 or 1, where the axis is of logits of shares of so much. */
  readonly rawMost: number | null;
  readonly negated: boolean;
}

export interface ScatterProps {
  readonly points: readonly ScatterPoint[];
  readonly line: {
    readonly slope: number;
    readonly intercept: number;
    readonly band: readonly { readonly x: number; readonly lower: number; readonly upper: number }[];
  } | null;
  readonly x: ScatterAxis;
  readonly y: ScatterAxis;
  readonly description: string;
}

const sizes = {
  wide: { width: 860, height: 560, marginLeft: 64, marginRight: 56, marginTop: 52, marginBottom: 64 },
  /** For a phone: drawn at its own size, so that names keep theirs. */
  narrow: { width: 358, height: 420, marginLeft: 40, marginRight: 36, marginTop: 52, marginBottom: 60 },
} as const;

type Box = readonly [left: number, right: number, low: number, high: number];

/** `zoom=0.4,1.2,0.5,1.6` in the address: from and to across, then up. */
export function readZoom(text: string | null | undefined): Box | null {
  const numbers = (text ?? "").split(",").map(Number);
  const [left, right, low, high] = numbers;
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) return null;
  return left! < right! && low! < high! ? [left!, right!, low!, high!] : null;
}

function Drawing(
  props: ScatterProps & { shape: keyof typeof sizes; zoom: Box | null; onZoom: (box: Box) => void },
) {
  const { points, line, shape } = props;
  const size = sizes[shape];
  const clip = useId();
  const svg = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<readonly [number, number, number, number] | null>(null);
  const [left, right] = [size.marginLeft, size.width - size.marginRight];
  const [top, bottom] = [size.marginTop, size.height - size.marginBottom];
  const xs = points.map((point) => point.x);
  const ys = [
    ...points.map((point) => point.y),
    // The whole band is shown: cut off, it would seem narrower than it is.
    ...(line?.band.flatMap(({ lower, upper }) => [lower, upper]) ?? []),
  ];
  const xDomain: [number, number] = props.zoom ? [props.zoom[0], props.zoom[1]] : padded(xs, 0.08);
  const yDomain: [number, number] = props.zoom ? [props.zoom[2], props.zoom[3]] : padded(ys, 0.06);
  const x = linear(xDomain, [left, right]);
  const y = linear(yDomain, [bottom, top]);
  const inside = points.filter(
    (point) =>
      point.x >= xDomain[0] && point.x <= xDomain[1] && point.y >= yDomain[0] && point.y <= yDomain[1],
  );
  const placed = placeLabels(inside, { ...size, xDomain, yDomain });
  const count = shape === "wide" ? 8 : 4;
  const [xTicks, yTicks] = [ticksOf(xDomain, count), ticksOf(yDomain, shape === "wide" ? 8 : 6)];
  const xRaw = props.x.rawMost === null ? [] : rawTicks(xDomain, props.x.rawMost, props.x.negated);
  const yRaw = props.y.rawMost === null ? [] : rawTicks(yDomain, props.y.rawMost, props.y.negated);
  const font = shape === "wide" ? 13 : 11.5;
  const ends = line?.band.length ? [line.band[0]!.x, line.band.at(-1)!.x] : [];

  const place = (event: PointerEvent): readonly [number, number] | null => {
    const box = svg.current?.getBoundingClientRect();
    if (!box) return null;
    const scale = size.width / box.width;
    const px = Math.max(left, Math.min(right, (event.clientX - box.left) * scale));
    const py = Math.max(top, Math.min(bottom, (event.clientY - box.top) * scale));
    return [px, py];
  };
  const begin = (event: PointerEvent) => {
    // A finger scrolls the page; a mouse or a pen chooses a part.
    if (event.pointerType === "touch" || event.button !== 0) return;
    const found = place(event);
    if (found) setDrag([...found, ...found]);
  };
  const move = (event: PointerEvent) => {
    const found = drag && place(event);
    if (found) setDrag([drag[0], drag[1], ...found]);
  };
  const end = () => {
    if (drag) {
      const [x0, x1] = [drag[0], drag[2]].sort((a, b) => a - b) as [number, number];
      const [y0, y1] = [drag[1], drag[3]].sort((a, b) => a - b) as [number, number];
      if (x1 - x0 > 12 && y1 - y0 > 12) props.onZoom([x.back(x0), x.back(x1), y.back(y1), y.back(y0)]);
    }
    setDrag(null);
  };

  return (
    <svg
      ref={svg}
      role="img"
      aria-label={props.description}
      viewBox={`0 0 ${size.width} ${size.height}`}
      className="h-auto w-full touch-pan-y select-none"
      fontSize={font}
      fontFamily="var(--font-inter), system-ui, sans-serif"
      fill="var(--ink)"
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerLeave={end}
    >
      <defs>
        <clipPath id={clip}>
          <rect x={left} y={top} width={right - left} height={bottom - top} />
        </clipPath>
      </defs>
      <g stroke="var(--line)" strokeWidth="1">
        {xTicks.map((tick) => (
          <line key={tick} x1={x.at(tick)} x2={x.at(tick)} y1={top} y2={bottom} />
        ))}
        {yTicks.map((tick) => (
          <line key={tick} x1={left} x2={right} y1={y.at(tick)} y2={y.at(tick)} />
        ))}
      </g>
      <g fill="var(--muted)">
        {xTicks.map((tick) => (
          <text key={tick} x={x.at(tick)} y={bottom + 17} textAnchor="middle">
            {tickText(tick, xTicks)}
          </text>
        ))}
        {yTicks.map((tick) => (
          <text key={tick} x={left - 8} y={y.at(tick) + 4} textAnchor="end">
            {tickText(tick, yTicks)}
          </text>
        ))}
        {xRaw.map(({ at, text }) => (
          <g key={text}>
            <line x1={x.at(at)} x2={x.at(at)} y1={top} y2={top - 4} stroke="var(--muted)" />
            <text x={x.at(at)} y={top - 8} textAnchor="middle" fontSize={font - 2}>
              {text}
              {props.x.rawMost === 100 && "%"}
            </text>
          </g>
        ))}
        {yRaw.map(({ at, text }) => (
          <g key={text}>
            <line x1={right} x2={right + 4} y1={y.at(at)} y2={y.at(at)} stroke="var(--muted)" />
            <text x={right + 7} y={y.at(at) + 4} fontSize={font - 2}>
              {text}
              {props.y.rawMost === 100 && "%"}
            </text>
          </g>
        ))}
      </g>
      <text x={(left + right) / 2} y={size.height - 14} textAnchor="middle">
        {props.x.label}
      </text>
      <text x={8} y={14}>
        {props.y.label}
      </text>
      <g clipPath={`url(#${clip})`}>
        {line && (
          <>
            <path
              fill="var(--muted)"
              fillOpacity="0.14"
              d={`M${[
                ...line.band.map((end) => `${x.at(end.x)} ${y.at(end.upper)}`),
                ...line.band.toReversed().map((end) => `${x.at(end.x)} ${y.at(end.lower)}`),
              ].join("L")}Z`}
            />
            <line
              x1={x.at(ends[0] ?? 0)}
              y1={y.at(line.slope * (ends[0] ?? 0) + line.intercept)}
              x2={x.at(ends[1] ?? 0)}
              y2={y.at(line.slope * (ends[1] ?? 0) + line.intercept)}
              stroke="var(--muted)"
              strokeWidth="1.5"
            />
          </>
        )}
      </g>
      <g stroke="var(--muted)" strokeOpacity="0.6">
        {placed
          .filter(({ led }) => led)
          .map((label) => (
            <line
              key={label.slug}
              x1={x.at(label.x)}
              y1={y.at(label.y)}
              x2={x.at(label.labelX)}
              y2={y.at(label.labelY)}
            />
          ))}
      </g>
      {placed.map((point) => (
        <g key={point.slug} data-point={point.slug} data-card={point.card} className="scatter-point">
          <circle cx={x.at(point.x)} cy={y.at(point.y)} r="11" fill="transparent" />
          <circle
            cx={x.at(point.x)}
            cy={y.at(point.y)}
            r="5"
            fill={point.marked ? "var(--ground)" : `var(--${point.family.toLowerCase()})`}
            stroke={point.marked ? `var(--${point.family.toLowerCase()})` : "var(--ground)"}
            strokeWidth={point.marked ? 2 : 1}
          />
          <text
            x={x.at(point.labelX)}
            y={y.at(point.labelY) + 4}
            textAnchor={point.anchor}
            stroke="var(--ground)"
            strokeWidth="4"
            paintOrder="stroke"
          >
            {point.name}
            {point.marked && "†"}
          </text>
        </g>
      ))}
      {drag && (
        <rect
          x={Math.min(drag[0], drag[2])}
          y={Math.min(drag[1], drag[3])}
          width={Math.abs(drag[2] - drag[0])}
          height={Math.abs(drag[3] - drag[1])}
          fill="var(--accent)"
          fillOpacity="0.12"
          stroke="var(--accent)"
        />
      )}
    </svg>
  );
}

/** Drawn for two widths, of which the page shows one. */
export function Scatter(props: ScatterProps) {
  const search = useSearchParams();
  const zoom = readZoom(search?.get("zoom"));
  const root = useRef<HTMLDivElement>(null);
  const setZoom = (box: Box | null) =>
    showHere(changed(search, { zoom: box?.map((end) => end.toPrecision(6)).join(",") }));
  return (
    <div ref={root}>
      <div className="hidden sm:block">
        <Drawing {...props} shape="wide" zoom={zoom} onZoom={setZoom} />
      </div>
      <div className="sm:hidden">
        <Drawing {...props} shape="narrow" zoom={zoom} onZoom={setZoom} />
      </div>
      <div className="mt-1 flex flex-wrap items-center gap-2 text-sm">
        {zoom ? (
          <button type="button" className="button" onClick={() => setZoom(null)}>
            Show all points
          </button>
        ) : (
          <span className="hidden text-xs text-muted [@media(pointer:fine)]:inline">
            Drag over a part of the plot to zoom in.
          </span>
        )}
        <span className="ml-auto flex gap-2">
          <PlotDownloads of={root} file="correlation" />
        </span>
      </div>
    </div>
  );
}
