/** From an image and its objects to the network's input, as detectron2's ResizeShortestEdge, flip and padding make it. */
import type { AnnotatedObject } from "../../datasets/dense/voc-detection.ts";
import { canvasOf as canvasOfMultiple, type Size } from "../pixel-labels/canvas.ts";

/** Sides of a canvas are multiples of this: the stride of C5. */
const CANVAS_MULTIPLE = 32;
/** A box thinner than this is dropped. */
const THINNEST = 1e-5;

/** The shorter side exactly `short`, unless the longer one became more than `longest`; each rounded half up. */
export function resizedShortestEdge({ height, width }: Size, short: number, longest: number): Size {
  const scale = short / Math.min(height, width);
  let [h, w] = height < width ? [short, scale * width] : [scale * height, short];
  const most = Math.max(h, w);
  if (most > longest) [h, w] = [h * (longest / most), w * (longest / most)];
  return { height: Math.trunc(h + 0.5), width: Math.trunc(w + 0.5) };
}

/** The common canvas of some images, each at its top left. */
export const canvasOf = (sizes: readonly Size[]): Size => canvasOfMultiple(sizes, CANVAS_MULTIPLE);

export interface PlacedObjects {
  /** [M, 4]: x1, y1, x2, y2 in the resized image's continuous pixels. */
  readonly boxes: Float32Array;
  readonly classes: readonly number[];
}

type Box = readonly [number, number, number, number];

/** VOC's inclusive 1-based corners as continuous pixels from 0. */
export const continuous = ([xmin, ymin, xmax, ymax]: AnnotatedObject["box"]): Box => [
  xmin - 1,
  ymin - 1,
  xmax,
  ymax,
];

/** Boxes resized with their image, mirrored where it is, clipped to it; undefined for one of which nothing is left. */
export function placeBox(box: Box, from: Size, to: Size, flip: boolean): Box | undefined {
  const [across, down] = [to.width / from.width, to.height / from.height];
  let [x1, y1, x2, y2] = [box[0] * across, box[1] * down, box[2] * across, box[3] * down];
  if (flip) [x1, x2] = [to.width - x2, to.width - x1];
  [x1, x2] = [Math.min(Math.max(x1, 0), to.width), Math.min(Math.max(x2, 0), to.width)];
  [y1, y2] = [Math.min(Math.max(y1, 0), to.height), Math.min(Math.max(y2, 0), to.height)];
  return x2 - x1 > THINNEST && y2 - y1 > THINNEST ? [x1, y1, x2, y2] : undefined;
}

/** Difficult objects are trained on like others. */
export function placeObjects(
  objects: readonly AnnotatedObject[],
  from: Size,
  to: Size,
  flip: boolean,
): PlacedObjects {
  const placed = objects.flatMap((object) => {
    const box = placeBox(continuous(object.box), from, to, flip);
    return box ? [{ box, class: object.class }] : [];
  });
  return {
    boxes: Float32Array.from(placed.flatMap(({ box }) => box)),
    classes: placed.map((one) => one.class),
  };
}
