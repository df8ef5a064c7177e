/** The algorithms of detection, each by itself, against detectron2's and torchvision's. */
import {
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
  relativeDifference,
} from "../../conformance/index.ts";
import { type AnyTensor, tensor } from "../../tensor/index.ts";
import { anchorBoxes } from "../detection/boxes/anchors.ts";
import {
  type CodingWeights,
  clipBoxes,
  decodeBox,
  encodeBox,
  HEAD_WEIGHTS,
  RPN_WEIGHTS,
} from "../detection/boxes/coding.ts";
import {
  ANCHOR_MATCHING,
  iouFloat32,
  type Matches,
  matchBoxes,
  PROPOSAL_MATCHING,
} from "../detection/boxes/matching.ts";
import { descending, suppress } from "../detection/boxes/nms.ts";
import { selectProposals } from "../detection/boxes/proposals.ts";
import { levelOf } from "../detection/boxes/roi-align.ts";
import { type MapLevel, RegionPool } from "../detection/region-pool.ts";

type Numbers = readonly number[];
type Boxes = readonly Numbers[];
const PUBLISHED_SIDES = [32, 64, 128, 256, 512];
const same = (a: ArrayLike<number | bigint>, b: ArrayLike<number | bigint>): boolean =>
  a.length === b.length && Array.from(a).every((value, i) => Number(value) === Number(b[i]));
const flat = (boxes: Boxes): Float32Array => Float32Array.from(boxes.flat());
const sizes = (shapes: Boxes) => shapes.map(([height, width]) => ({ height: height!, width: width! }));
const f32 = (folder: GoldenFolder, name: string): Float32Array => folder.npyOf(name, "float32").data;
/** A golden of shape [N, 4] or the like with our numbers. */
const like = (golden: AnyTensor, data: Float32Array) => tensor("float32", golden.shape, data);

export function* anchorsCase(folder: GoldenFolder): Generator<Finding> {
  const expected = folder.json<{
    level_shapes: Boxes;
    large: { level_shapes: Boxes; counts: Numbers; first: Boxes; last: Boxes };
  }>("expected.json");
  const small = anchorBoxes(sizes(expected.level_shapes), PUBLISHED_SIDES);
  yield exactly("anchors", "all anchors of 96 x 128", same(small, f32(folder, "anchors.npy")));
  const { level_shapes, counts, first, last } = expected.large;
  const large = anchorBoxes(sizes(level_shapes), PUBLISHED_SIDES);
  let from = 0;
  const holds = counts.every((count, level) => {
    const to = from + count;
    const ends =
      same(large.subarray(from * 4, from * 4 + 4), first[level]!) &&
      same(large.subarray(to * 4 - 4, to * 4), last[level]!);
    from = to;
    return ends;
  });
  yield exactly(
    "anchors",
    "count, first and last of each level of 800 x 1344",
    holds && large.length === from * 4,
  );
}

export function* boxesCase(folder: GoldenFolder): Generator<Finding> {
  const { image } = folder.json<{ image: [number, number] }>("expected.json");
  const [source, deltas] = [folder.npy("source.npy"), folder.npy("deltas.npy")];
  const [s, t, d] = [f32(folder, "source.npy"), f32(folder, "target.npy"), f32(folder, "deltas.npy")];
  const count = source.shape[0]!;
  const classes = deltas.shape[1]! / 4;
  for (const [name, weights] of [
    ["rpn", RPN_WEIGHTS],
    ["head", HEAD_WEIGHTS],
  ] as const satisfies readonly (readonly [string, CodingWeights])[]) {
    const encoded = new Float32Array(count * 4);
    const decoded = new Float32Array(d.length);
    for (let i = 0; i < count; i++) {
      encodeBox(s, i * 4, t, i * 4, weights, encoded, i * 4);
      for (let c = 0; c < classes; c++) {
        const at = (i * classes + c) * 4;
        decodeBox(s, i * 4, d, at, weights, decoded, at);
      }
    }
    const compare = (what: string, found: Float32Array, golden: AnyTensor) =>
      finding("boxes", what, relativeDifference(like(golden, found), golden), 1e-6);
    yield compare(`encoded, weights of the ${name}`, encoded, folder.npy(`encoded_${name}.npy`));
    yield compare(`decoded, weights of the ${name}`, decoded, folder.npy(`decoded_${name}.npy`));
    clipBoxes(decoded, ...image);
    yield compare(`clipped, weights of the ${name}`, decoded, folder.npy(`clipped_${name}.npy`));
  }
}

export function* matchingCase(folder: GoldenFolder, anchorsFolder: GoldenFolder): Generator<Finding> {
  const expected = folder.json<{
    head: { gt_classes: Numbers; classes: Numbers };
    ties: { gt: Boxes; boxes: Boxes; iou: Boxes; matched: Numbers; labels: Numbers };
    no_gt: { matched: number; label: number };
  }>("expected.json");
  const objects = f32(folder, "gt.npy");
  const anchors = f32(anchorsFolder, "anchors.npy");
  const rpn = matchBoxes(objects, anchors, ANCHOR_MATCHING);
  yield exactly("matching", "labels of all anchors", same(rpn.label, folder.npy("rpn_labels.npy").data));
  const matched = folder.npy("rpn_matched.npy").data;
  const binding = [...rpn.label.keys()].filter((i) => rpn.label[i] === 1);
  yield exactly(
    "matching",
    "matched object of every anchor that is one",
    binding.every((i) => rpn.object[i] === Number(matched[i])),
  );
  const proposals = f32(folder, "proposals.npy");
  const columns = proposals.length / 4;
  const ious = f32(folder, "iou_head.npy");
  const own = Float32Array.from(ious, (_, i) =>
    iouFloat32(objects, Math.floor(i / columns) * 4, proposals, (i % columns) * 4),
  );
  // The golden's are rounded from float64; ours round every operation.
  yield finding("matching", "IoU of objects and candidates", largestDifference(own, ious), 2 ** -23);
  const head = matchBoxes(objects, proposals, PROPOSAL_MATCHING);
  const background = Math.max(...expected.head.classes);
  const classOf = ({ label, object }: Matches, i: number) =>
    label[i] === 1 ? expected.head.gt_classes[object[i]!]! : background;
  yield exactly(
    "matching",
    "classes of candidates",
    same(
      Array.from(head.label, (_, i) => classOf(head, i)),
      expected.head.classes,
    ),
  );
  yield exactly(
    "matching",
    "matched objects of candidates",
    same(head.object, folder.npy("head_matched.npy").data),
  );
  const { gt, boxes: tied, matched: first, labels } = expected.ties;
  const ties = matchBoxes(flat(gt), flat(tied), ANCHOR_MATCHING);
  yield exactly("matching", "ties", same(ties.object, first) && same(ties.label, labels));
  const none = matchBoxes(new Float32Array(0), flat(tied), ANCHOR_MATCHING);
  yield exactly(
    "matching",
    "no objects",
    none.object.every((o) => o === expected.no_gt.matched) &&
      none.label.every((l) => l === expected.no_gt.label),
  );
}

export function* nmsCase(folder: GoldenFolder): Generator<Finding> {
  const expected = folder.json<{
    keep_05: Numbers;
    keep_07: Numbers;
    keep_05_in_groups: Numbers;
    strict: { boxes: Boxes; scores: Numbers; threshold: number; keep: Numbers };
  }>("expected.json");
  const boxes = f32(folder, "boxes.npy");
  const order = descending(f32(folder, "scores.npy"));
  const groups = Array.from(folder.npy("groups.npy").data as ArrayLike<number | bigint>, Number);
  yield exactly("nms", "kept at 0.5", same(suppress(boxes, order, 0.5), expected.keep_05));
  yield exactly("nms", "kept at 0.7", same(suppress(boxes, order, 0.7), expected.keep_07));
  yield exactly(
    "nms",
    "kept at 0.5 in groups",
    same(suppress(boxes, order, 0.5, groups), expected.keep_05_in_groups),
  );
  const { strict } = expected;
  const kept = suppress(flat(strict.boxes), descending(Float32Array.from(strict.scores)), strict.threshold);
  yield exactly("nms", "an IoU equal to the threshold", same(kept, strict.keep));
}

export function* proposalsCase(folder: GoldenFolder, anchorsFolder: GoldenFolder): Generator<Finding> {
  const expected = folder.json<{
    level_shapes: Boxes;
    image_sizes: Boxes;
    nms: number;
    train: { pre: number; post: number };
    test: { pre: number; post: number };
    kept: { train: Boxes; test: Boxes };
    non_finite: { kept: Numbers };
  }>("expected.json");
  const anchors = f32(anchorsFolder, "anchors.npy");
  const [logits, deltas] = [f32(folder, "logits.npy"), f32(folder, "deltas.npy")];
  const count = anchors.length / 4;
  for (const mode of ["train", "test"] as const) {
    for (const [i, image] of sizes(expected.image_sizes).entries()) {
      const found = selectProposals(
        logits.subarray(i * count, (i + 1) * count),
        deltas.subarray(i * count * 4, (i + 1) * count * 4),
        anchors,
        sizes(expected.level_shapes),
        image,
        { ...expected[mode], threshold: expected.nms, nonFinite: "drop" },
      );
      yield exactly(
        "proposals",
        `kept anchors of image ${i}, ${mode}`,
        same(found.anchors, expected.kept[mode][i]!),
      );
      const golden = folder.npy(`${mode}_${i}_boxes.npy`);
      yield finding(
        "proposals",
        `boxes of image ${i}, ${mode}, relative to the largest`,
        relativeDifference(like(golden, found.boxes), golden),
        1e-5,
      );
    }
  }
  yield exactly(
    "proposals",
    "a box that is not finite is dropped at test",
    same(withInfinity(anchors, logits, deltas, sizes(expected.image_sizes)[0]!), expected.non_finite.kept),
  );
}

/** The first 50 anchors as one level, and one more whose box is infinite and whose logit is the best. */
function withInfinity(
  anchors: Float32Array,
  logits: Float32Array,
  deltas: Float32Array,
  image: { height: number; width: number },
): Int32Array {
  const [own, offsets] = [logits.slice(0, 51), deltas.slice(0, 51 * 4)];
  own[50] = 9;
  offsets[50 * 4] = Number.POSITIVE_INFINITY;
  const options = { pre: 20, post: 10, threshold: 0.7, nonFinite: "drop" } as const;
  return selectProposals(own, offsets, anchors, [{ height: 17, width: 1 }], image, options).anchors;
}

export async function* roiAlignCase(folder: GoldenFolder): AsyncGenerator<Finding> {
  const { strides } = folder.json<{ strides: Numbers }>("expected.json");
  const boxes = f32(folder, "boxes.npy");
  const image = Int32Array.from(folder.npy("image.npy").data as ArrayLike<number | bigint>, Number);
  const maps = strides.map((_, i) => folder.npyOf(`p${i + 2}.npy`, "float32"));
  const channels = maps[0]!.shape[1]!;
  const levels = maps.map(({ data, shape }, i): MapLevel => {
    const [, , height, width] = shape as [number, number, number, number];
    return { data, height, width, stride: strides[i]! };
  });
  const expectedLevels = Array.from(folder.npy("level.npy").data as ArrayLike<number | bigint>, Number);
  const own = Array.from(image, (_, r) => levelOf(boxes, r * 4, 224));
  const offset = Math.min(...expectedLevels) >= 2 ? 2 : 0;
  yield exactly(
    "roi_align",
    "levels",
    same(
      own.map((level) => level + offset),
      expectedLevels,
    ),
  );
  const golden = folder.npyOf("output.npy", "float32");
  await using pool = new RegionPool(1);
  const regions = { boxes, image };
  const pooled = await pool.pool(levels, regions, channels, 224, image.length);
  yield finding(
    "roi_align",
    "output, relative to the largest",
    relativeDifference(like(golden, pooled), golden),
    2e-5,
  );
  const images = maps[0]!.shape[0]!;
  const gradients = await pool.spread(levels, images, regions, channels, 224, f32(folder, "cotangent.npy"));
  for (const [i, data] of gradients.entries()) {
    const map = folder.npy(`p${i + 2}_gradient.npy`);
    yield finding(
      "roi_align",
      `gradient of P${i + 2}, relative to the largest`,
      relativeDifference(like(map, data), map),
      2e-5,
    );
  }
}
