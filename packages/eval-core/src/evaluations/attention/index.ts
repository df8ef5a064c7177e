/** Attention: which parts of an image a backbone's features depend on, by covering them, and how far it is spread. */
import type { EvaluationKind } from "../kind.ts";
import { choice } from "../options.ts";
import type { PictureData } from "../pictures/data.ts";
import { pictureOptions, pictureSource } from "../pictures/source.ts";
import { maskPositions } from "./map.ts";
import {
  type AttentionOptions,
  attentionDescription,
  isReduced,
  MASK,
  STRIDES,
  sizeFor,
} from "./protocol.ts";

export const attention: EvaluationKind<AttentionOptions, PictureData> = {
  name: "attention",
  settings: [{ name: "attention", title: "Attention" }],
  options: {
    ...pictureOptions,
    stride: choice("--stride <n>", STRIDES, {
      help: "pixels from one mask to the next; the paper has 1, and 5 is a preview at a 25th of the cost",
      otherwise: "1",
      fingerprint: true,
      example: "5",
    }),
  },
  data: pictureSource(isReduced),
  needs: { trains: true, preprocessing: false, seed: true },
  measures: (setting, { slug }) => [{ slug: `${setting}/${slug}/diffusion` }],
  describe: attentionDescription,
  async cost({ data, options, network }) {
    const geometry = { size: sizeFor(network.patch), mask: MASK, stride: Number(options.stride) };
    const passes = maskPositions(geometry).length ** 2 + 1;
    return {
      images: data.count,
      toExtract: data.count * passes,
      note: `${passes.toLocaleString("en")} passes an image`,
    };
  },
  run: async (spec, context) => (await import("./run.ts")).runAttention(spec, context),
};
