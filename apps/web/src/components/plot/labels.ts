/**
 * Where to write the names of points so that they do not cover one another: each name takes the first of some places
 * around its point that is free of earlier names, of all dots and of the frame; the most crowded points choose first.
 */

export interface LabelFrame {
  readonly width: number;
  readonly height: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly marginTop: number;
  readonly marginBottom: number;
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

type Anchor = "start" | "middle" | "end";

/** In pixels; a name of the system font at 13 px is this wide a character, on average. */
const characterWidth = 7.6;
const lineHeight = 15;
const dotRadius = 6;

/** Near places first; the later ones are far enough to need a leader. */
const places: readonly { dx: number; dy: number; anchor: Anchor }[] = [
  { dx: 9, dy: 0, anchor: "start" },
  { dx: -9, dy: 0, anchor: "end" },
  { dx: 0, dy: -14, anchor: "middle" },
  { dx: 0, dy: 15, anchor: "middle" },
  { dx: 8, dy: -12, anchor: "start" },
  { dx: 8, dy: 12, anchor: "start" },
  { dx: -8, dy: -12, anchor: "end" },
  { dx: -8, dy: 12, anchor: "end" },
  { dx: 14, dy: -26, anchor: "start" },
  { dx: 14, dy: 26, anchor: "start" },
  { dx: -14, dy: -26, anchor: "end" },
  { dx: -14, dy: 26, anchor: "end" },
  { dx: 0, dy: -36, anchor: "middle" },
  { dx: 0, dy: 36, anchor: "middle" },
];
const firstLed = 8;

const overlap = (a: Box, b: Box) =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

function boxAt(x: number, y: number, name: string, anchor: Anchor): Box {
  const width = name.length * characterWidth;
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, top: y - lineHeight / 2, right: left + width, bottom: y + lineHeight / 2 };
}

export function placeLabels<Point extends { x: number; y: number; name: string }>(
  points: readonly Point[],
  frame: LabelFrame,
): (Point & { labelX: number; labelY: number; anchor: Anchor; led: boolean })[] {
  const { xDomain, yDomain } = frame;
  const right = frame.width - frame.marginRight;
  const bottom = frame.height - frame.marginBottom;
  const xScale = (right - frame.marginLeft) / (xDomain[1] - xDomain[0]);
  const yScale = (bottom - frame.marginTop) / (yDomain[1] - yDomain[0]);
  const located = points.map((point) => ({
    point,
    px: frame.marginLeft + (point.x - xDomain[0]) * xScale,
    py: bottom - (point.y - yDomain[0]) * yScale,
  }));
  const dots = located.map(({ px, py }) => ({
    left: px - dotRadius,
    top: py - dotRadius,
    right: px + dotRadius,
    bottom: py + dotRadius,
  }));
  const crowd = (one: { px: number; py: number }) =>
    located.reduce((sum, { px, py }) => sum + 1 / (20 + Math.hypot(px - one.px, py - one.py)), 0);

  const taken: Box[] = [];
  return [...located]
    .sort((a, b) => crowd(b) - crowd(a))
    .map(({ point, px, py }) => {
      const options = places.map(({ dx, dy, anchor }, index) => {
        const box = boxAt(px + dx, py + dy, point.name, anchor);
        const outside = Math.max(0, frame.marginLeft - box.left) + Math.max(0, box.right - right);
        const covered = [...taken, ...dots].reduce((sum, other) => sum + overlap(box, other), 0);
        return { dx, dy, anchor, box, led: index >= firstLed, cost: covered + 50 * outside + index };
      });
      const best = options.reduce((least, option) => (option.cost < least.cost ? option : least));
      taken.push(best.box);
      return {
        ...point,
        labelX: point.x + best.dx / xScale,
        labelY: point.y - best.dy / yScale,
        anchor: best.anchor,
        led: best.led,
      };
    });
}
