/**
 * PASCAL VOC2012 segmentation: 20 objects and the background, label maps as indices into a palette, 255 for the seams
 * between objects. Tested on val (1,449). Trained on the 10,582 images that the field trains on where the extra annotations
 * (Hariharan et al. 2011) lie beside as SegmentationClassAug; else on VOC's own train (1,464), under a split rule of its own.
 */
import { DatasetError } from "../dataset.ts";
import { someOf } from "../open.ts";
import { VOC_CLASSES } from "../readers/voc2007.ts";
import { DatasetRoot, findRoot } from "../root.ts";
import { checkSizes, type PixelImage, pixelManifest, type Scenes, withSizes } from "./pixel-data.ts";

const LISTS = "ImageSets/Segmentation";
const AUGMENTED = "SegmentationClassAug";
/** The names under which the list of 10,582 is handed on. */
const AUGMENTED_LISTS = ["trainaug", "train_aug"];
/** mmsegmentation's converter writes what is beyond train. */
const BEYOND_TRAIN = "aug";

export const VOC_SCENE_CLASSES: readonly string[] = ["background", ...VOC_CLASSES];

/** The folder `VOC2012` itself, or undefined. */
export function findVocSegmentation(folder: string): Promise<string | undefined> {
  return findRoot(
    folder,
    ["VOC2012", "VOCdevkit/VOC2012", "voc/VOCdevkit/VOC2012", "VOC/VOCdevkit/VOC2012"],
    [`${LISTS}/val.txt`],
  );
}

/**
 * @param allowPartial goes on without images that are listed and not there
 * @throws DatasetError in one sentence: what was expected, what was found, where
 */
export async function openVocSegmentation(
  folder: string,
  name: string,
  title: string,
  { allowPartial = false }: { readonly allowPartial?: boolean } = {},
): Promise<Scenes> {
  const path = await findVocSegmentation(folder);
  if (path === undefined)
    throw new DatasetError(
      `${folder} holds no ${title} segmentation: expected VOCdevkit/VOC2012 with JPEGImages, SegmentationClass and ${LISTS}/val.txt in it`,
    );
  const root = new DatasetRoot(path);
  const missing: string[] = [];
  const { ids, labels, rule } = await trainOf(root);
  const splits = {
    train: await imagesOf(root, ids, labels, missing),
    test: await imagesOf(root, await idsIn(root, "val"), "SegmentationClass", missing),
  };
  if (missing.length > 0 && !allowPartial)
    throw new DatasetError(
      `${title} segmentation in ${path} is not whole: ${missing.length} listed files are missing: ${someOf(missing)}. Complete it, or allow a partial dataset`,
    );
  await checkSizes(splits, title);
  const header = { name, classes: VOC_SCENE_CLASSES.length, rule, missing };
  return {
    name,
    title,
    classes: VOC_SCENE_CLASSES,
    levels: { first: 0, void: 255 },
    splits,
    origin: { splitRule: `${rule}; val`, missing },
    manifestHash: (options) => pixelManifest(splits, { header, files: [] }, options),
  };
}

/** The images to train on, and the folder of their label maps. */
async function trainOf(root: DatasetRoot) {
  const has = (list: string) => root.has(`${LISTS}/${list}.txt`);
  if (!(await root.has(AUGMENTED)))
    return { ids: await idsIn(root, "train"), labels: "SegmentationClass", rule: "train" };
  const augmented = { labels: AUGMENTED, rule: "train with the extra annotations" };
  for (const list of AUGMENTED_LISTS)
    if (await has(list)) return { ...augmented, ids: await idsIn(root, list) };
  if (await has(BEYOND_TRAIN)) {
    const ids = [...(await idsIn(root, "train")), ...(await idsIn(root, BEYOND_TRAIN))];
    return { ...augmented, ids: [...new Set(ids)] };
  }
  throw new DatasetError(
    `${root.at(AUGMENTED)} is there, but no list of what to train on: expected ${LISTS}/trainaug.txt, or aug.txt with what is beyond train.txt`,
  );
}

/** "2007_000032", or "/JPEGImages/2007_000032.jpg /SegmentationClassAug/2007_000032.png", a line. */
async function idsIn(root: DatasetRoot, list: string): Promise<string[]> {
  const lines = await root.lines(`${LISTS}/${list}.txt`);
  return lines.map((line) =>
    line
      .trim()
      .split(/\s+/)[0]!
      .replace(/^.*\//, "")
      .replace(/\.\w+$/, ""),
  );
}

async function imagesOf(
  root: DatasetRoot,
  ids: readonly string[],
  labels: string,
  missing: string[],
): Promise<PixelImage[]> {
  const found: Omit<PixelImage, "width" | "height">[] = [];
  for (const id of ids) {
    const files = { image: `JPEGImages/${id}.jpg`, labels: `${labels}/${id}.png` };
    const absent: string[] = [];
    for (const file of Object.values(files)) if (!(await root.has(file))) absent.push(file);
    if (absent.length > 0) missing.push(...absent);
    else found.push({ id, image: root.at(files.image), labels: root.at(files.labels) });
  }
  return withSizes(found);
}
