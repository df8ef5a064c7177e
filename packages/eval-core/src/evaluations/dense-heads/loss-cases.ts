/** The four losses of Faster R-CNN for given samples, and the gradients of each pair's sum, against detectron2's. */
import { gradient } from "../../autodiff/index.ts";
import {
  type ConformanceContext,
  type Finding,
  finding,
  type GoldenFolder,
  relativeDifference,
} from "../../conformance/index.ts";
import { addBoxLosses, addRpnLosses } from "../../networks/index.ts";
import { GraphBuilder, writeModel } from "../../onnx/index.ts";
import { type AnyTensor, type Tensor, tensor } from "../../tensor/index.ts";
import { encodeBox, HEAD_WEIGHTS } from "../detection/boxes/coding.ts";
import { encodedAnchors } from "../detection/targets.ts";

const ALLOWED = 1e-6;

export async function* rpnLossCase(
  folder: GoldenFolder,
  anchorsFolder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const expected = folder.json<{ per_image: number; loss_rpn_cls: number; loss_rpn_loc: number }>(
    "expected.json",
  );
  const logits = folder.npyOf("logits.npy", "float32");
  const [n, a] = logits.shape as [number, number];
  const labels = floats(folder.npy("labels.npy"));
  const anchors = anchorsFolder.npyOf("anchors.npy", "float32").data;
  const matched = folder.npyOf("matched_gt.npy", "float32").data;
  const targets = new Float32Array(n * a * 4);
  const itself = Int32Array.from({ length: a }, (_, i) => i);
  for (let image = 0; image < n; image++) {
    const own = matched.subarray(image * a * 4, (image + 1) * a * 4);
    const sampled = labels.data.subarray(image * a, (image + 1) * a);
    targets.set(encodedAnchors(sampled, itself, own, anchors), image * a * 4);
  }
  const g = new GraphBuilder("rpn-loss");
  const losses = addRpnLosses(g, {
    logits: g.input("logits", "float32", [n, a]),
    deltas: g.input("deltas", "float32", [n, a, 4]),
    labels: g.input("labels", "float32", [n, a]),
    targets: g.input("targets", "float32", [n, a, 4]),
    divisor: expected.per_image * n,
  });
  const feeds = {
    logits,
    deltas: reshaped(folder.npy("deltas.npy"), [n, a, 4]),
    labels: reshaped(labels, [n, a]),
    targets: tensor("float32", [n, a, 4], targets),
  };
  const wanted = { classification: expected.loss_rpn_cls, localisation: expected.loss_rpn_loc };
  yield* compare("rpn_loss", g, losses, feeds, ["logits", "deltas"], wanted, folder, context);
}

export async function* boxLossCase(
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const expected = folder.json<{ classes: number; loss_cls: number; loss_box_reg: number }>("expected.json");
  const { classes } = expected;
  const labels = floats(folder.npy("classes.npy"));
  const r = labels.data.length;
  const boxes = folder.npyOf("boxes.npy", "float32").data;
  const matched = folder.npyOf("matched_gt.npy", "float32").data;
  const targets = new Float32Array(r * 4);
  for (let i = 0; i < r; i++)
    if (labels.data[i]! < classes) encodeBox(boxes, i * 4, matched, i * 4, HEAD_WEIGHTS, targets, i * 4);
  const g = new GraphBuilder("box-loss");
  const losses = addBoxLosses(g, {
    scores: g.input("scores", "float32", [r, classes + 1]),
    deltas: g.input("deltas", "float32", [r, classes * 4]),
    labels: g.input("labels", "float32", [r]),
    targets: g.input("targets", "float32", [r, 4]),
    classes,
  });
  const feeds = {
    scores: folder.npy("scores.npy"),
    deltas: folder.npy("deltas.npy"),
    labels,
    targets: tensor("float32", [r, 4], targets),
  };
  const wanted = { classification: expected.loss_cls, localisation: expected.loss_box_reg };
  yield* compare("box_loss", g, losses, feeds, ["scores", "deltas"], wanted, folder, context);
}

async function* compare(
  name: string,
  g: GraphBuilder,
  losses: { classification: string; localisation: string },
  feeds: Readonly<Record<string, AnyTensor>>,
  by: readonly string[],
  wanted: { classification: number; localisation: number },
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  g.output(losses.classification, "float32", []);
  g.output(losses.localisation, "float32", []);
  g.output(g.op("Add", [losses.classification, losses.localisation], {}, { output: "sum" }), "float32", []);
  const model = writeModel(gradient(g.build(), { loss: "sum", wrt: by }));
  const found = await context.run(model, feeds);
  for (const part of ["classification", "localisation"] as const) {
    const value = Number(found[losses[part]]!.data[0]);
    yield finding(name, part, Math.abs(value - wanted[part]) / Math.abs(wanted[part]), ALLOWED);
  }
  for (const input of by) {
    const golden = folder.npy(`${input}_gradient.npy`);
    const own = reshaped(found[`gradient/${input}`]!, golden.shape);
    yield finding(
      name,
      `gradient by ${input}, relative to the largest`,
      relativeDifference(own, golden),
      ALLOWED,
    );
  }
}

const floats = ({ shape, data }: AnyTensor): Tensor<"float32"> =>
  tensor("float32", shape, Float32Array.from(data as ArrayLike<number | bigint>, Number));

const reshaped = (array: AnyTensor, shape: readonly number[]): AnyTensor =>
  ({ ...array, shape }) as AnyTensor;
