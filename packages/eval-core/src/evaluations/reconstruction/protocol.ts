/** What makes two reconstructions comparable. */
import { IMAGE_PRIOR } from "../../networks/image-prior.ts";
import { LPIPS_NETWORKS } from "../../networks/lpips/trunks.ts";
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import type { PictureData, PictureOptions } from "../pictures/data.ts";
import { ProtocolError } from "../protocol-error.ts";

export interface ReconstructionOptions extends PictureOptions {
  readonly iterations: number;
  readonly lpipsWeights: string | undefined;
}

export const ITERATIONS = 3000;
export const LEARNING_RATE = 0.001;
/** Side of the original and of what is scored. */
export const SIDE = IMAGE_PRIOR.corner;

export const isReduced = ({ iterations }: ReconstructionOptions): boolean => iterations !== ITERATIONS;

export function reconstructionDescription({
  data,
  options,
  network,
  seed,
}: Spec<ReconstructionOptions, PictureData>): ProtocolDescription {
  if (network.lastMap === undefined)
    throw new ProtocolError(
      "this network has no readout that is a map: there is nothing to reconstruct from",
    );
  if (SIDE % network.patch !== 0)
    throw new ProtocolError(
      `reconstructions are ${SIDE} x ${SIDE}, which patches of ${network.patch} do not divide`,
    );
  const { widths, skip, kernels, depth, size, corner, slope } = IMAGE_PRIOR;
  const { iterations } = options;
  const reduced = isReduced(options) || data.isReduced;
  return describeProtocol("reconstruction", `Reconstruction from features${reduced ? " (reduced)" : ""}`, {
    evaluation: "reconstruction",
    images: data.rule(seed),
    preprocessing: {
      resize: "shorter-side",
      resizeSize: SIDE,
      filter: "bicubic",
      crop: SIDE,
      normalisation: "the checkpoint's own",
    },
    target: network.lastMap,
    prior: {
      scales: { widths, skip, kernels },
      depth,
      noise: "uniform 0.1",
      size,
      corner,
      slope,
      output: "normalised",
    },
    loss: "mean-squared",
    optimiser: { name: "adam", learningRate: LEARNING_RATE, betas: [0.9, 0.999], epsilon: 1e-8, iterations },
    result: "last",
    levels: "floor",
    lpips: { version: "0.1", networks: [...LPIPS_NETWORKS] },
    colour: "8-bit, by channel",
  });
}
