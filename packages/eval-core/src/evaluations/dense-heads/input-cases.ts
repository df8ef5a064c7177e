/** The training input of detection, from an image and its boxes, against Pillow's resize and detectron2's arithmetic. */
import {
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
} from "../../conformance/index.ts";
import { decodeRgb } from "../../images/index.ts";
import { canvasOf, placeBox, resizedShortestEdge } from "../detection/inputs.ts";
import { placeImage } from "../detection/load-batch.ts";

type Pair = readonly [number, number];
type Box = readonly [number, number, number, number];
interface Expected {
  readonly shortest_edge: readonly { h: number; w: number; short: number; max: number; out: Pair }[];
  readonly detection: {
    readonly image: string;
    readonly gt: readonly Box[];
    readonly cases: readonly {
      short: number;
      max: number;
      flip: boolean;
      size: Pair;
      boxes: readonly Box[];
      kept: readonly boolean[];
      padded: Pair;
    }[];
  };
}

const NAME = "inputs, detection";

export async function* detectionInputsCase(folder: GoldenFolder): AsyncGenerator<Finding> {
  const { shortest_edge, detection } = folder.json<Expected>("expected.json");
  const sized = shortest_edge.map(({ h, w, short, max }) => {
    const { height, width } = resizedShortestEdge({ height: h, width: w }, short, max);
    return [height, width];
  });
  yield exactly(NAME, "sizes", String(sized) === String(shortest_edge.map(({ out }) => out)));
  const image = await decodeRgb(folder.bytes(detection.image), detection.image);
  for (const [i, one] of detection.cases.entries()) {
    const size = resizedShortestEdge(image, one.short, one.max);
    const canvas = canvasOf([size]);
    yield exactly(
      NAME,
      `size and canvas of case ${i}`,
      String([size.height, size.width, canvas.height, canvas.width]) === String([one.size, one.padded]),
    );
    const golden = folder.npyOf(`detection_${i}.npy`, "uint8");
    const placed = placeImage(image, size, one.flip);
    yield finding(NAME, `pixels of case ${i}, levels`, largestDifference(placed.data, golden.data), 1);
    const boxes = detection.gt.map((box) => placeBox(box, image, size, one.flip));
    yield exactly(NAME, `which boxes of case ${i} are kept`, String(boxes.map(Boolean)) === String(one.kept));
    yield finding(
      NAME,
      `boxes of case ${i}`,
      largestDifference(
        boxes.flatMap((box) => box ?? []),
        one.boxes.flat(),
      ),
      1e-9,
    );
  }
}
