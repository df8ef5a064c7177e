/** `transferboard train --head faster-rcnn`: what it takes beside the batch, read from files and held against each other. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { type TrainDetectorOptions, trainDetectorOnArrays } from "../../evaluations/detection/arrays.ts";
import { jsonOfFile, readNpy } from "../../tensor/index.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { wholeNumber } from "../options.ts";

export interface DetectorFlags {
  readonly objects?: string;
  readonly anchorLabels?: string;
  readonly anchorsPerImage?: string;
  readonly regions?: string;
  readonly regionObjects?: string;
  readonly freeze?: boolean;
}

/** Each flag of the detector alone, as it is written. */
const FLAGS = {
  objects: "--objects",
  anchorLabels: "--anchor-labels",
  anchorsPerImage: "--anchors-per-image",
  regions: "--regions",
  regionObjects: "--region-objects",
} as const;

/** @throws CommandError naming a flag that another head has no use for */
export function refuseDetectorFlags(head: string, flags: DetectorFlags): void {
  const given = Object.entries(FLAGS).filter(([name]) => flags[name as keyof typeof FLAGS] !== undefined);
  const names = [...given.map(([, flag]) => flag), ...(flags.freeze ? ["--freeze"] : [])];
  if (names.length > 0)
    throw new CommandError(
      `${names.join(", ")} ${names.length > 1 ? "are" : "is"} of faster-rcnn: ${head} has no use for ${names.length > 1 ? "them" : "it"}`,
      EXIT.usage,
    );
}

const Objects = z.object({ gt_boxes: z.array(z.array(z.array(z.number()).length(4))) });

function objectsOf(path: string): TrainDetectorOptions["objects"] {
  let document: unknown;
  try {
    document = jsonOfFile(readFileSync(path), path);
  } catch (cause) {
    throw new CommandError(`the boxes cannot be read: ${(cause as Error).message}`, EXIT.usage);
  }
  const parsed = Objects.safeParse(document);
  if (parsed.success) return parsed.data.gt_boxes;
  throw new CommandError(
    `${path} must be a JSON document with "gt_boxes": of each image a list of boxes x1, y1, x2, y2`,
    EXIT.usage,
  );
}

type Rest = Omit<
  TrainDetectorOptions,
  "setting" | "objects" | "anchorLabels" | "anchorsPerImage" | "regions" | "regionObjects"
>;

/** @throws CommandError naming a flag that is missing */
export function trainDetector(flags: DetectorFlags, rest: Rest) {
  const needed = (name: keyof typeof FLAGS): string => {
    const given = flags[name];
    if (given !== undefined) return given;
    throw new CommandError(`--head faster-rcnn needs ${FLAGS[name]}`, EXIT.usage);
  };
  return trainDetectorOnArrays({
    ...rest,
    setting: flags.freeze ? "detection-frozen" : "detection-finetune",
    objects: objectsOf(needed("objects")),
    anchorLabels: readNpy(needed("anchorLabels")),
    anchorsPerImage: wholeNumber(FLAGS.anchorsPerImage, needed("anchorsPerImage"), 1),
    regions: readNpy(needed("regions")),
    regionObjects: readNpy(needed("regionObjects")),
  });
}
