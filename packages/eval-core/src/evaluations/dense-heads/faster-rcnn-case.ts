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
  DETECTOR_CUTS,
  type DetectorOptions,
  given,
  type ImageSize,
  POOLED_LEVELS,
  proposingNetwork,
  trainingDetector,
} from "../../networks/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { sgd } from "../../optim/index.ts";
import { type AnyTensor, sizeOf, type Tensor, tensor } from "../../tensor/index.ts";
import { type Feeds, Trainer } from "../../training/index.ts";
import { anchorBoxes, STRIDES } from "../detection/boxes/anchors.ts";
import { encodeBox, HEAD_WEIGHTS } from "../detection/boxes/coding.ts";
import { selectDetections } from "../detection/boxes/detections.ts";
import { ANCHOR_MATCHING, matchBoxes } from "../detection/boxes/matching.ts";
import { type ProposalOptions, selectProposals } from "../detection/boxes/proposals.ts";
import { type PooledLevel, poolRegions, spreadRegions } from "../detection/boxes/roi-align.ts";
import { encodedAnchors } from "../detection/targets.ts";
import type { Expected } from "./faster-rcnn-golden.ts";

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

const pooledLevels = (found: Feeds): PooledLevel[] =>
  POOLED_LEVELS.map((name, i) => {
    const { data, shape } = found[name]!;
    const [, , height, width] = shape as [number, number, number, number];
    return { data: data as Float32Array, height, width, stride: STRIDES[i]! };
  });

/** Five steps with the golden's samples. */
async function* descend(
  golden: Golden,
  regime: "frozen" | "finetune",
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const { folder, checkpoint, expected, options } = golden;
  const batch = f32(folder, "batch.npy");
  const [images, , height, width] = batch.shape as [number, number, number, number];
  const { rpn_per_image, roi_per_image } = expected.train;
  const trains = (name: string) => regime === "finetune" || name.startsWith("layer4.");
  const regions = images * roi_per_image;
  const network = trainingDetector(checkpoint, {
    ...options,
    size: { height, width },
    batch: images,
    regions,
    anchorsPerImage: rpn_per_image,
    trains,
  });
  const attached = {
    graph: network.graph,
    objective: network.descent,
    parameters: network.parameters,
    dimensions: { N: images, H: height, W: width },
  };
  const first = { key: "only", network: attached };
  await using trainer = await Trainer.open(first, {
    optimizer: sgd({ momentum: expected.momentum }),
    device: context.device,
    ...(context.threads === undefined ? {} : { threads: context.threads }),
    gradients: true,
    cuts: DETECTOR_CUTS,
  });
  const anchors = anchorBoxes(network.levels, SIDES);
  const { learning_rates, losses } = expected[regime];
  const found: number[] = [];
  let gradients: ReadonlyMap<string, AnyTensor> = new Map();
  for (const [t, learningRate] of learning_rates.entries()) {
    const sample = sampleOf(golden, regime, t, anchors);
    const step = await trainer.step(
      "only",
      () => attached,
      { input: batch },
      { learningRate, weightDecay: expected.weight_decay },
      async (cut, values) => {
        if (cut === 0) return { ...sample.feeds, pooled: pooled(values, sample, regions) };
        return returned(values["gradient/pooled"]!, network.levels, sample, images);
      },
    );
    found.push(...DETECTION_LOSSES.map((name) => step.values[name]!));
    if (t === 0) gradients = step.gradients;
  }
  const wanted = losses.flatMap((step) => DETECTION_LOSSES.map((name) => step[name]));
  yield finding(NAME, `losses of each step, ${regime}`, largestDifference(found, wanted), 1e-5);
  if (regime === "finetune") {
    const goldenGradients = await loadTensors(folder.file("first_step_gradients.pth"));
    yield worst(`gradients of the first step, ${regime}`, gradients, goldenGradients, 2e-5);
  }
  const weights = await loadTensors(folder.file(`${regime}_weights_after_5_steps.pth`));
  // What is frozen is no weight of the graph any more.
  const after = new Map<string, AnyTensor>([...checkpoint.tensors, ...(await trainer.weights())]);
  yield worst(`weights after the last step, ${regime}`, after, weights, 1e-5);
}

function worst(
  what: string,
  found: ReadonlyMap<string, AnyTensor>,
  golden: ReadonlyMap<string, AnyTensor>,
  allowed: number,
): Finding {
  let most = 0;
  for (const [name, value] of golden) {
    const own = found.get(name.replace(/^backbone\./, ""));
    const difference = own ? relativeDifference(own, value) : Number.NaN;
    most = Math.max(most, difference);
  }
  return finding(NAME, `${what} (${golden.size}), relative to the largest of each`, most, allowed);
}

interface Sample {
  readonly feeds: Feeds;
  readonly boxes: Float32Array;
  readonly image: Int32Array;
}

/** Row `t` of what the golden's step sampled. */
function sampleOf({ folder, expected }: Golden, regime: string, t: number, anchors: Float32Array): Sample {
  const row = (name: string): AnyTensor => {
    const all = folder.npy(`${regime}_${name}.npy`);
    const shape = all.shape.slice(1);
    const size = sizeOf(shape);
    return { ...all, shape, data: all.data.slice(t * size, (t + 1) * size) } as AnyTensor;
  };
  const numbers = (array: AnyTensor) => Float32Array.from(array.data as ArrayLike<number | bigint>, Number);
  const labels = numbers(row("anchor_labels"));
  const a = anchors.length / 4;
  const images = labels.length / a;
  const targets = new Float32Array(images * a * 4);
  for (let image = 0; image < images; image++) {
    const objects = Float32Array.from(expected.gt_boxes[image]!.flat());
    const { object } = matchBoxes(objects, anchors, ANCHOR_MATCHING);
    const own = labels.subarray(image * a, (image + 1) * a);
    targets.set(encodedAnchors(own, object, objects, anchors), image * a * 4);
  }
  const boxes = numbers(row("roi_boxes"));
  const classes = numbers(row("roi_classes"));
  const matched = numbers(row("roi_matched_gt"));
  const regionTargets = new Float32Array(boxes.length);
  classes.forEach((kind, r) => {
    if (kind < CLASSES) encodeBox(boxes, r * 4, matched, r * 4, HEAD_WEIGHTS, regionTargets, r * 4);
  });
  const perImage = classes.length / images;
  return {
    feeds: {
      anchorLabels: tensor("float32", [images, a], labels),
      anchorTargets: tensor("float32", [images, a, 4], targets),
      regionLabels: tensor("float32", [classes.length], classes),
      regionTargets: tensor("float32", [classes.length, 4], regionTargets),
    },
    boxes,
    image: Int32Array.from(classes, (_, r) => Math.floor(r / perImage)),
  };
}

function pooled(values: Feeds, sample: Sample, regions: number): Tensor<"float32"> {
  const into = new Float32Array(regions * WIDTH * 49);
  poolRegions(pooledLevels(values), sample, WIDTH, CANONICAL, into);
  return tensor("float32", [regions, WIDTH, 7, 7], into);
}

/** The gradient by the pooled regions, put back onto the pyramid. */
function returned(gradient: AnyTensor, sizes: readonly ImageSize[], sample: Sample, images: number): Feeds {
  const levels = POOLED_LEVELS.map((_, i): PooledLevel => {
    const { height, width } = sizes[i]!;
    return { data: new Float32Array(images * WIDTH * height * width), height, width, stride: STRIDES[i]! };
  });
  spreadRegions(levels, sample, WIDTH, CANONICAL, gradient.data as Float32Array);
  return Object.fromEntries(
    levels.map(({ data, height, width }, i) => [
      `${POOLED_LEVELS[i]}/gradient`,
      tensor("float32", [images, WIDTH, height, width], data),
    ]),
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
  const sample = { boxes: proposals.boxes, image: new Int32Array(count), feeds: {} };
  const box = await context.run(writeModel(boxNetwork(options)), { pooled: pooled(found, sample, count) });
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
