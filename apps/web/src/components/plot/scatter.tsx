/**
 * The scatter of a correlation, drawn on the server by Observable Plot: the page ships no script for it, and it is
 * there without any. Colours are CSS variables, so it follows the theme.
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Family } from "../../../generated/graphql";
import { placeLabels } from "./labels";

export interface ScatterPoint {
  readonly slug: string;
  readonly name: string;
  readonly family: Family;
  readonly x: number;
  readonly y: number;
  readonly title: string;
}

export interface ScatterProps {
  readonly points: readonly ScatterPoint[];
  readonly line: {
    slope: number;
    intercept: number;
    band: readonly { x: number; lower: number; upper: number }[];
  } | null;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly description: string;
}

const sizes = {
  wide: { width: 860, height: 560, marginLeft: 56, marginRight: 24, marginTop: 28, marginBottom: 52 },
  /** For a phone: drawn at its own size, so that names keep theirs. */
  narrow: { width: 358, height: 420, marginLeft: 36, marginRight: 10, marginTop: 28, marginBottom: 46 },
} as const;

/** The values' range with room for the labels. */
function padded(values: readonly number[], share: number): [number, number] {
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  const room = (highest - lowest || Math.abs(highest) || 1) * share;
  return [lowest - room, highest + room];
}

function draw(
  { points, line, xLabel, yLabel, description }: ScatterProps,
  shape: keyof typeof sizes,
): string {
  const size = sizes[shape];
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const xDomain = padded(
    points.map((point) => point.x),
    0.08,
  );
  const yDomain = padded([...points.map((point) => point.y)], 0.1);
  const placed = placeLabels(points, { ...size, xDomain, yDomain });
  const inside = (y: number) => Math.min(Math.max(y, yDomain[0]), yDomain[1]);
  const ends = line?.band.length ? [line.band[0], line.band.at(-1)].map((end) => end?.x ?? 0) : [];

  const ticks = shape === "wide" ? 8 : 5;

  const figure = Plot.plot({
    ...size,
    // linkedom implements what Plot uses of a document, not the whole of its type.
    document: document as unknown as Document,
    style: {
      background: "transparent",
      color: "var(--ink)",
      fontFamily: "inherit",
      fontSize: shape === "wide" ? "13px" : "12px",
    },
    ariaDescription: description,
    x: { domain: xDomain, label: xLabel, grid: true, ticks, labelAnchor: "center", labelOffset: 42 },
    y: { domain: yDomain, label: yLabel, grid: true, ticks, labelOffset: size.marginLeft - 4 },
    marks: [
      ...(line
        ? [
            Plot.areaY(line.band, {
              x: "x",
              y1: (end: { lower: number }) => inside(end.lower),
              y2: (end: { upper: number }) => inside(end.upper),
              fill: "var(--muted)",
              fillOpacity: 0.14,
            }),
            Plot.line(
              ends.map((x) => ({ x, y: line.slope * x + line.intercept })),
              { x: "x", y: "y", stroke: "var(--muted)", strokeWidth: 1.5 },
            ),
          ]
        : []),
      Plot.link(
        placed.filter((label) => label.led),
        { x1: "x", y1: "y", x2: "labelX", y2: "labelY", stroke: "var(--muted)", strokeOpacity: 0.6 },
      ),
      Plot.dot(points, {
        x: "x",
        y: "y",
        r: 5,
        fill: (point: ScatterPoint) => `var(--${point.family.toLowerCase()})`,
        stroke: "var(--ground)",
        title: "title",
      }),
      ...(["start", "middle", "end"] as const).map((textAnchor) =>
        Plot.text(
          placed.filter((label) => label.anchor === textAnchor),
          {
            x: "labelX",
            y: "labelY",
            text: "name",
            textAnchor,
            fill: "var(--ink)",
            stroke: "var(--ground)",
            strokeWidth: 4,
          },
        ),
      ),
    ],
  });
  // To a screen reader it is one picture with one description; the table below has the points and their links.
  for (const part of figure.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", description);
  figure.setAttribute("class", "h-auto w-full");
  return figure.outerHTML;
}

/** Drawn for two widths, of which the page shows one. */
export function Scatter(props: ScatterProps) {
  return (
    <>
      {/* biome-ignore-start lint/security/noDangerouslySetInnerHtml: Plot's own SVG; every text in it went through the DOM and is escaped */}
      <div className="hidden max-w-4xl sm:block" dangerouslySetInnerHTML={{ __html: draw(props, "wide") }} />
      <div className="sm:hidden" dangerouslySetInnerHTML={{ __html: draw(props, "narrow") }} />
      {/* biome-ignore-end lint/security/noDangerouslySetInnerHtml: as above */}
    </>
  );
}
