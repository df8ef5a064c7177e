/**
 * PASCAL VOC detection (Everingham et al.): objects with boxes, in VOC's XML. Trained on 2007 trainval and then 2012 trainval,
 * tested on 2007 test.
 */
import { createHash } from "node:crypto";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { DatasetError, type ManifestOptions } from "../dataset.ts";
import { someOf } from "../open.ts";
import { VOC_CLASSES } from "../readers/voc2007.ts";
import { DatasetRoot, findRoot } from "../root.ts";
import { checkSizes, type PixelImage, pixelManifest } from "./pixel-data.ts";

/** As the annotation has it: 1-based, inclusive. */
export type VocBox = readonly [xmin: number, ymin: number, xmax: number, ymax: number];

export interface AnnotatedObject {
  /** 0 to 19 in VOC's order. */
  readonly class: number;
  readonly box: VocBox;
  readonly difficult: boolean;
}

export interface DetectionImage extends PixelImage {
  readonly objects: readonly AnnotatedObject[];
}

export interface VocDetectionData {
  readonly name: string;
  readonly title: string;
  readonly classes: readonly string[];
  readonly splits: { readonly train: readonly DetectionImage[]; readonly test: readonly DetectionImage[] };
  readonly origin: { readonly splitRule: string; readonly missing: readonly string[] };
  manifestHash(options?: ManifestOptions): Promise<string>;
}

const xml = new XMLParser({ isArray: (name) => name === "object", parseTagValue: false });
const numeric = z.string().transform(Number).pipe(z.number());
const Annotation = z.object({
  annotation: z.object({
    size: z.object({ width: numeric, height: numeric }).optional(),
    object: z
      .array(
        z.object({
          name: z.string(),
          difficult: z.string().default("0"),
          // Their order varies, and VOC2012 has fractions.
          bndbox: z.object({ xmin: numeric, ymin: numeric, xmax: numeric, ymax: numeric }),
        }),
      )
      .default([]),
  }),
});

export const VOC_CLASS_COUNT = VOC_CLASSES.length;

/** A box may reach so many pixels over the border: annotators round. */
const SLACK = 1;

/** @param file what to call it. @throws DatasetError with what is wrong of it */
export function parseVocAnnotation(
  text: string,
  file: string,
): { width: number; height: number; objects: AnnotatedObject[] } {
  let document: unknown;
  try {
    document = xml.parse(text);
  } catch (cause) {
    throw new DatasetError(`${file} is not XML`, { cause });
  }
  const parsed = Annotation.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DatasetError(
      `${file} is not a VOC annotation: ${issue?.path.join("/") ?? "it"} is missing or no number; expected <annotation> with <size> and <object>s that have a <name> and a <bndbox>`,
    );
  }
  const { size, object } = parsed.data.annotation;
  if (size === undefined || !(size.width > 0) || !(size.height > 0)) {
    throw new DatasetError(
      `${file} does not say how large its image is: expected <size> with a positive <width> and <height>`,
    );
  }
  const { width, height } = size;
  const objects = object.map(({ name, difficult, bndbox: { xmin, ymin, xmax, ymax } }): AnnotatedObject => {
    const kind = VOC_CLASSES.indexOf(name.trim());
    if (kind < 0) {
      throw new DatasetError(
        `${file} has an object of the unknown class "${name}": known are ${VOC_CLASSES.join(", ")}`,
      );
    }
    const inside =
      xmin >= 1 - SLACK &&
      ymin >= 1 - SLACK &&
      xmax <= width + SLACK &&
      ymax <= height + SLACK &&
      xmin <= xmax &&
      ymin <= ymax;
    if (!inside) {
      throw new DatasetError(
        `${file} has a box outside its image: ${name} from (${xmin}, ${ymin}) to (${xmax}, ${ymax}) in ${width} x ${height} pixels`,
      );
    }
    const box: VocBox = [xmin, ymin, xmax, ymax];
    return { class: kind, box, difficult: difficult.trim() === "1" };
  });
  return { width, height, objects };
}

/** Which year's which list. */
const LISTS = {
  train: [
    ["VOC2007", "trainval"],
    ["VOC2012", "trainval"],
  ],
  test: [["VOC2007", "test"]],
} as const;

/** The folder that holds `VOC2007`, or undefined. */
export function findVocDetection(folder: string): Promise<string | undefined> {
  return findRoot(folder, ["VOCdevkit", "voc/VOCdevkit", "VOC/VOCdevkit"], ["VOC2007/ImageSets/Main"]);
}

/**
 * @param folder that holds VOCdevkit, or VOCdevkit itself
 * @param allowPartial goes on without images that are listed and not there
 * @throws DatasetError in one sentence: what was expected, what was found, where
 */
export async function openVocDetection(
  folder: string,
  name: string,
  title: string,
  { allowPartial = false }: { readonly allowPartial?: boolean } = {},
): Promise<VocDetectionData> {
  const path = await findVocDetection(folder);
  if (path === undefined)
    throw new DatasetError(
      `${folder} holds no ${title}: expected VOCdevkit/VOC2007 and VOCdevkit/VOC2012 with Annotations, ImageSets/Main and JPEGImages in it`,
    );
  const root = new DatasetRoot(path);
  const missing: string[] = [];
  const splits = {
    train: await readLists(root, "train", missing),
    test: await readLists(root, "test", missing),
  };
  if (missing.length > 0 && !allowPartial)
    throw new DatasetError(
      `${title} in ${path} is not whole: ${missing.length} listed images are missing: ${someOf(missing)}. Complete it, or allow a partial dataset`,
    );
  await checkSizes(splits, title);
  const annotations = createHash("sha256");
  for (const split of ["train", "test"] as const)
    for (const { id, objects } of splits[split])
      annotations.update(`${split}\t${id}\t${JSON.stringify(objects)}\n`);
  const header = { name, classes: VOC_CLASSES, missing, annotations: annotations.digest("hex") };
  return {
    name,
    title,
    classes: VOC_CLASSES,
    splits,
    origin: { splitRule: "2007 trainval and 2012 trainval; 2007 test", missing },
    manifestHash: (options) => pixelManifest(splits, { header, files: [] }, options),
  };
}

async function readLists(
  root: DatasetRoot,
  split: keyof typeof LISTS,
  missing: string[],
): Promise<DetectionImage[]> {
  const images: DetectionImage[] = [];
  for (const [year, list] of LISTS[split]) {
    for (const line of await root.lines(`${year}/ImageSets/Main/${list}.txt`)) {
      const id = line.trim();
      const image = `${year}/JPEGImages/${id}.jpg`;
      if (!(await root.has(image))) {
        missing.push(image);
        continue;
      }
      const file = `${year}/Annotations/${id}.xml`;
      const annotation = parseVocAnnotation(await root.text(file), root.at(file));
      images.push({ id: `${year}/${id}`, image: root.at(image), ...annotation });
    }
  }
  return images;
}
