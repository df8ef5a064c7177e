/** The head of a region proposal network (Ren et al., 2015), shared by the levels of a pyramid. */
import { int, ints } from "../../onnx/attributes.ts";
import { ZERO } from "../head-start.ts";
import type { FeatureMap, Layers } from "../layers.ts";

export interface Proposing {
  /** [N, A]: how likely each anchor holds an object. Levels one after another; in a level y, x, ratio. */
  readonly logits: string;
  /** [N, A, 4]: dx, dy, dw, dh of each anchor. */
  readonly deltas: string;
  /** A. */
  readonly anchors: number;
}

/** Shapes of anchors a position. */
export const ANCHOR_RATIOS = [0.5, 1, 2] as const;

const START = { kind: "normal", deviation: 0.01 } as const;

export function addRpnHead(layers: Layers, levels: readonly FeatureMap[], width: number): Proposing {
  const { g } = layers;
  const a = ANCHOR_RATIOS.length;
  const logits: string[] = [];
  const deltas: string[] = [];
  for (const level of levels) {
    const features = layers.relu(
      layers.convolution("rpn.conv", level, { outputs: width, kernel: 3, start: START, bias: ZERO }),
    );
    // [N, A d, h, w] to [N, h w A, d]
    const flat = (name: string, perAnchor: number) => {
      const outputs = a * perAnchor;
      const map = layers.convolution(name, features, { outputs, kernel: 1, start: START, bias: ZERO });
      const last = g.op("Transpose", [map.value], { perm: ints([0, 2, 3, 1]) });
      const count = level.height * level.width * a;
      return g.op("Reshape", [last, g.ints(perAnchor === 1 ? [0, count] : [0, count, perAnchor])]);
    };
    logits.push(flat("rpn.objectness_logits", 1));
    deltas.push(flat("rpn.anchor_deltas", 4));
  }
  const anchors = levels.reduce((sum, level) => sum + level.height * level.width * a, 0);
  const joined = (parts: readonly string[]) => g.op("Concat", parts, { axis: int(1) });
  return { logits: joined(logits), deltas: joined(deltas), anchors };
}
