/**
 * ADE20K in its SceneParsing layout (ADEChallengeData2016): label maps of one 8-bit channel, 0 for what is not labelled,
 * 1 to 150 for the classes 0 to 149. The lists `training.odgt` and `validation.odgt` are read where they are (one JSON a
 * line, paths relative to the lists' folder); else the folders, sorted by name. Validation is the test split.
 */
import { DatasetError } from "../dataset.ts";
import { DatasetRoot, findRoot } from "../root.ts";
import { checkSizes, type PixelImage, pixelManifest, type Scenes, withSizes } from "./pixel-data.ts";

export const ADE_CLASSES = 150;

export type Ade20k = Scenes;

const FOLDER = "ADEChallengeData2016";
const LISTS = { train: "training", test: "validation" } as const;

/** The folder that holds ADEChallengeData2016, or undefined. */
export function findAde20k(folder: string): Promise<string | undefined> {
  return findRoot(folder, ["ADE20K", "ade20k", "data"], [`${FOLDER}/images`]);
}

/** @throws DatasetError in one sentence: what was expected, what was found, where */
export async function openAde20k(folder: string, name: string, title: string): Promise<Ade20k> {
  const path = await findAde20k(folder);
  if (path === undefined)
    throw new DatasetError(
      `${folder} holds no ${title}: expected ${FOLDER}/images and ${FOLDER}/annotations in it`,
    );
  const root = new DatasetRoot(path);
  const listed = (await root.has("training.odgt")) && (await root.has("validation.odgt"));
  const read = async (split: "train" | "test") => (listed ? fromList(root, split) : fromFolder(root, split));
  const splits = { train: await read("train"), test: await read("test") };
  await checkSizes(splits, title);
  const classes = await classNames(root);
  const origin = {
    splitRule: listed
      ? "training.odgt and validation.odgt"
      : "the folders training and validation, sorted by name",
    missing: [],
  };
  return {
    name,
    title,
    classes,
    levels: { first: 1, void: 0 },
    splits,
    origin,
    manifestHash: (options) =>
      pixelManifest(splits, { header: { name, classes: classes.length }, files: [] }, options),
  };
}

async function fromList(root: DatasetRoot, split: "train" | "test"): Promise<PixelImage[]> {
  const file = `${LISTS[split]}.odgt`;
  const lines = await root.lines(file);
  return lines.map((line, i) => {
    const where = `line ${i + 1} of ${root.at(file)}`;
    let entry: { fpath_img?: unknown; fpath_segm?: unknown; width?: unknown; height?: unknown };
    try {
      entry = JSON.parse(line) as typeof entry;
    } catch (cause) {
      throw new DatasetError(`${where} is no JSON: "${line.slice(0, 60)}"`, { cause });
    }
    const { fpath_img: image, fpath_segm: labels, width, height } = entry;
    const isSize = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;
    if (typeof image !== "string" || typeof labels !== "string" || !isSize(width) || !isSize(height))
      throw new DatasetError(
        `${where} must have fpath_img, fpath_segm, width and height: found ${Object.keys(entry).join(", ") || "nothing"}`,
      );
    return { id: image, image: root.at(image), labels: root.at(labels), width, height };
  });
}

async function fromFolder(root: DatasetRoot, split: "train" | "test"): Promise<PixelImage[]> {
  const [images, annotations] = [`${FOLDER}/images/${LISTS[split]}`, `${FOLDER}/annotations/${LISTS[split]}`];
  const found = (await root.images(images)).map((name) => {
    const id = `${images}/${name}`;
    return { id, image: root.at(id), labels: root.at(`${annotations}/${name.replace(/\.\w+$/, ".png")}`) };
  });
  return withSizes(found);
}

/** The names of objectInfo150.txt, or the classes' numbers. */
async function classNames(root: DatasetRoot): Promise<string[]> {
  const file = `${FOLDER}/objectInfo150.txt`;
  if (!(await root.has(file))) return Array.from({ length: ADE_CLASSES }, (_, i) => `${i + 1}`);
  const lines = (await root.lines(file)).slice(1);
  if (lines.length !== ADE_CLASSES)
    throw new DatasetError(`${root.at(file)} names ${lines.length} classes, expected ${ADE_CLASSES}`);
  return lines.map((line) => line.split("\t").at(-1)!.trim());
}
