/** What makes two similarities comparable. */
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import type { PictureData, PictureOptions } from "../pictures/data.ts";
import { CROP, RESIZED, TRANSFORMATIONS } from "./transformations.ts";

export function invarianceDescription({
  data,
  network,
  seed,
}: Spec<PictureOptions, PictureData>): ProtocolDescription {
  const title = `Invariance to transformations${data.isReduced ? " (reduced)" : ""}`;
  return describeProtocol("invariance", title, {
    evaluation: "invariance",
    images: data.rule(seed),
    preprocessing: {
      transformation: "before the resize, but translation, scale and blur after it",
      resize: "shorter-side",
      resizeSize: RESIZED,
      filter: "bicubic",
      crop: CROP,
      normalisation: "the checkpoint's own",
    },
    features: network.features,
    similarity:
      "cosine, of the image's features and its copy's, averaged over the grid with the identity in it",
    transformations: Object.fromEntries(TRANSFORMATIONS.map(({ name, grid }) => [name, grid])),
  });
}
