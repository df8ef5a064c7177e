/**
 * A whole narrow Faster R-CNN against PyTorch's: pyramid, matching and proposals; five steps of training with given samples,
 * frozen up to layer3 and fine-tuned; detections at test.
 */
import { type Checkpoint, loadCheckpoint, loadTensors } from "../../backbones/index.ts";
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
  relativeDifference,
} from "../../conformance/index.ts";
import { NORMALISATIONS, toTensor } from "../../images/index.ts";
import {
  boxNetwork,
  DETECTION_LOSSES,
  type DetectorOptions,
  given,
  type ImageSize,
  POOLED_LEVELS,
  proposingNetwork,
} from "../../networks/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { type AnyTensor, type Tensor, tensor } from "../../tensor/index.ts";
import type { Feeds } from "../../training/index.ts";
import { trainDetectorOnArrays } from "../detection/arrays.ts";
import { anchorBoxes } from "../detection/boxes/anchors.ts";
import { selectDetections } from "../detection/boxes/detections.ts";
import { ANCHOR_MATCHING, matchBoxes } from "../detection/boxes/matching.ts";
import { type ProposalOptions, selectProposals } from "../detection/boxes/proposals.ts";
import { RegionPool } from "../detection/region-pool.ts";
import { pooledFrom } from "../detection/step.ts";
import { type Expected, goldenTraining } from "./faster-rcnn-golden.ts";

const NAME = "faster_rcnn";
const CLASSES = 3;
const WIDTH = 16;
const SIDES = [32, 64, 128, 256, 512];
const CANONICAL = 224;
const NMS = 0.7;

interface Golden {
  readonly folder: GoldenFolder;
  readonly checkpoint: Checkpoint;
  readonly expected: Expected;
  readonly options: Omit<DetectorOptions, "size">;
}

export async function* fasterRcnnCase(
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const path = folder.file("state.pth");
  const golden: Golden = {
    folder,
    checkpoint: await loadCheckpoint(path, { anyDepth: true }),
    expected: folder.json<Expected>("expected.json"),
    options: { classes: CLASSES, width: WIDTH, boxWidth: 32, source: given(await loadTensors(path)) },
  };
  yield* forward(golden, context);
  for (const regime of ["frozen", "finetune"] as const) yield* descend(golden, regime, context);
  for (const image of [0, 1]) yield* detect(golden, image, context);
}

const f32 = (folder: GoldenFolder, name: string) => folder.npyOf(name, "float32");
const same = (a: ArrayLike<number | bigint>, b: ArrayLike<number | bigint>): boolean =>
  a.length === b.length && Array.from(a).every((value, i) => Number(value) === Number(b[i]));
const like = (golden: AnyTensor, data: Float32Array) => tensor("float32", golden.shape, data);
const sizeOfImage = ([height, width]: readonly [number, number]): ImageSize => ({ height, width });

/** The images on one canvas, normalised, zero beyond them. */
function canvas(folder: GoldenFolder, images: readonly number[], size: ImageSize): Tensor<"float32"> {
  const data = new Float32Array(images.length * 3 * size.height * size.width);
  images.forEach((image, i) => {
    const { shape, data: pixels } = folder.npyOf(`image_${image}.npy`, "uint8");
    const [height, width] = shape as [number, number, number];
    const own = toTensor([pixels], NORMALISATIONS.imagenet, { height, width }).data;
    for (let row = 0; row < 3 * height; row++) {
      const [channel, y] = [Math.floor(row / height), row % height];
      const to = ((i * 3 + channel) * size.height + y) * size.width;
      data.set(own.subarray(row * width, (row + 1) * width), to);
    }
  });
  return tensor("float32", [images.length, 3, size.height, size.width], data);
}

async function* forward(golden: Golden, context: ConformanceContext): AsyncGenerator<Finding> {
  const { folder, expected, checkpoint, options } = golden;
  const batch = f32(folder, "batch.npy");
  const [, , height, width] = batch.shape as [number, number, number, number];
  const input = canvas(folder, [0, 1], { height, width });
  yield finding(NAME, "normalised, padded batch", largestDifference(input, batch), 1e-6);
  const network = proposingNetwork(checkpoint, { ...options, size: { height, width } });
  const found = await context.run(writeModel(network.graph), { input });
  for (const level of POOLED_LEVELS) {
    const map = f32(folder, `${level}.npy`);
    yield finding(NAME, `${level}, relative to the largest`, relativeDifference(found[level]!, map), 1e-5);
  }
  const anchors = anchorBoxes(network.levels, SIDES);
  const a = network.anchors;
  const labels = folder.npy("anchor_match_labels.npy").data;
  const matched = folder.npy("anchor_matched_gt.npy").data;
  for (const image of [0, 1]) {
    const objects = Float32Array.from(expected.gt_boxes[image]!.flat());
    const { label, object } = matchBoxes(objects, anchors, ANCHOR_MATCHING);
    const part = <T extends { slice(from: number, to: number): T }>(all: T) =>
      all.slice(image * a, (image + 1) * a);
    const goldenLabels = part(labels as Float32Array);
    const goldenObjects = part(matched as Float32Array);
    yield exactly(NAME, `labels of the anchors of image ${image}`, same(label, goldenLabels));
    yield exactly(
      NAME,
      `objects of the anchors of image ${image}`,
      label.every((one, i) => one !== 1 || object[i] === Number(goldenObjects[i])),
    );
    const { pre, post, proposal_indices } = expected.train;
    const chosen = { pre, post, threshold: NMS, nonFinite: "fail" } as const;
    const proposals = proposed(found, image, anchors, network.levels, expected.image_sizes[image]!, chosen);
    yield exactly(
      NAME,
      `proposals of image ${image} in training`,
      same(proposals.anchors, proposal_indices[image]!),
    );
    const boxes = f32(folder, `train_proposals_${image}.npy`);
    yield finding(
      NAME,
      `boxes of image ${image} in training, relative to the largest`,
      relativeDifference(like(boxes, proposals.boxes), boxes),
      1e-5,
    );
  }
}

function proposed(
  found: Feeds,
  image: number,
  anchors: Float32Array,
  levels: readonly ImageSize[],
  size: readonly [number, number],
  options: ProposalOptions,
) {
  const a = anchors.length / 4;
  const part = (name: string, each: number) =>
    (found[name]!.data as Float32Array).subarray(image * a * each, (image + 1) * a * each);
  return selectProposals(
    part("objectness", 1),
    part("anchorDeltas", 4),
    anchors,
    levels,
    sizeOfImage(size),
    options,
  );
}

/** Five steps with the golden's samples. */
async function* descend(
  { folder, expected }: Golden,
  regime: "frozen" | "finetune",
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const { parts, gradients, weights } = await trainDetectorOnArrays({
    ...goldenTraining(folder, expected, regime),
    device: context.device,
    ...(context.threads === undefined ? {} : { threads: context.threads }),
    gradients: true,
  });
  const found = DETECTION_LOSSES.flatMap((name) => parts[name]!);
  const wanted = DETECTION_LOSSES.flatMap((name) => expected[regime].losses.map((step) => step[name]));
  yield finding(NAME, `losses of each step, ${regime}`, largestDifference(found, wanted), 1e-5);
  if (regime === "finetune") {
    const goldenGradients = await loadTensors(folder.file("first_step_gradients.pth"));
    yield worst(`gradients of the first step, ${regime}`, gradients, goldenGradients, 2e-5);
  }
  const goldenWeights = await loadTensors(folder.file(`${regime}_weights_after_5_steps.pth`));
  // What is frozen is no weight of the graph any more.
  const after = new Map([...(await loadTensors(folder.file("state.pth"))), ...weights]);
  yield worst(`weights after the last step, ${regime}`, after, goldenWeights, 1e-5);
}

function worst(
  what: string,
  found: ReadonlyMap<string, AnyTensor>,
  golden: ReadonlyMap<string, AnyTensor>,
  allowed: number,
): Finding {
  const differences = [...golden].map(([name, value]) => {
    const own = found.get(name);
    return own ? relativeDifference(own, value) : Number.NaN;
  });
  return finding(
    NAME,
    `${what} (${golden.size}), relative to the largest of each`,
    Math.max(...differences),
    allowed,
  );
}

async function* detect(golden: Golden, image: number, context: ConformanceContext): AsyncGenerator<Finding> {
  const { folder, expected, checkpoint, options } = golden;
  const size = sizeOfImage(expected.image_sizes[image]!);
  const up = (n: number) => Math.ceil(n / 32) * 32;
  const padded = { height: up(size.height), width: up(size.width) };
  const network = proposingNetwork(checkpoint, { ...options, size: padded });
  const found = await context.run(writeModel(network.graph), { input: canvas(folder, [image], padded) });
  const { pre, post, proposal_indices, score_threshold, nms, top } = expected.test;
  const anchors = anchorBoxes(network.levels, SIDES);
  const proposals = proposed(found, 0, anchors, network.levels, expected.image_sizes[image]!, {
    pre,
    post,
    threshold: NMS,
    nonFinite: "drop",
  });
  yield exactly(
    NAME,
    `proposals of image ${image} at test`,
    same(proposals.anchors, proposal_indices[image]!),
  );
  const count = proposals.boxes.length / 4;
  const regions = { boxes: proposals.boxes, image: new Int32Array(count) };
  await using pool = new RegionPool(1);
  const pooled = await pooledFrom(pool, found, regions, WIDTH, CANONICAL, count);
  const box = await context.run(writeModel(boxNetwork(options)), { pooled });
  for (const [name, file] of [
    ["scores", "test_scores"],
    ["deltas", "test_deltas"],
  ] as const) {
    const expectedArray = f32(folder, `${file}_${image}.npy`);
    yield finding(
      NAME,
      `${name} of image ${image} at test, relative to the largest`,
      relativeDifference(box[name]!, expectedArray),
      5e-5,
    );
  }
  const detections = selectDetections(
    proposals.boxes,
    box.scores!.data as Float32Array,
    box.deltas!.data as Float32Array,
    CLASSES,
    size,
    sizeOfImage(expected.original_sizes[image]!),
    { scoreThreshold: score_threshold, nmsThreshold: nms, most: top },
  );
  const rows = f32(folder, `test_detections_${image}.npy`);
  const column = (from: number, to: number) =>
    Array.from({ length: rows.shape[0]! }, (_, r) =>
      Array.from(rows.data.subarray(r * 6 + from, r * 6 + to)),
    );
  yield exactly(
    NAME,
    `classes of the detections of image ${image}, in order`,
    same(
      detections.map((d) => d.class),
      column(5, 6).flat(),
    ),
  );
  yield finding(
    NAME,
    `boxes of the detections of image ${image}, relative to the largest`,
    relativeDifference(
      detections.flatMap((d) => d.box),
      column(0, 4).flat(),
    ),
    1e-5,
  );
  yield finding(
    NAME,
    `scores of the detections of image ${image}`,
    largestDifference(
      detections.map((d) => d.score),
      column(4, 5).flat(),
    ),
    5e-5,
  );
}
