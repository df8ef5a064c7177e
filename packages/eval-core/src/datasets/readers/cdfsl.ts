/**
 * The four cross-domain few-shot datasets (Guo et al., 2020). Few-shot episodes draw from all their images; for
 * anything that trains and tests, those that publish no split get a seeded one by class.
 */
import { DatasetError, type Item, makeItem } from "../dataset.ts";
import type { DatasetRoot } from "../root.ts";
import { stratifiedSplit, TEST_SHARE_RULE } from "../split.ts";
import { firstThere, imagesByClass, unreadIn } from "./by-class.ts";
import { readFolder } from "./folder.ts";
import type { Reader, Reading } from "./reader.ts";

function seeded(
  root: DatasetRoot,
  layout: string,
  classes: readonly string[],
  groups: readonly (readonly Item[])[],
  missing: readonly string[] = [],
  unread: readonly string[] = [],
): Reading {
  return {
    layout,
    splitRule: TEST_SHARE_RULE,
    classes,
    splits: stratifiedSplit(groups, classes, root.path),
    missing,
    unread,
  };
}

/** Items by class from (path, label) pairs; a path that is not there goes to `missing`. */
async function group(root: DatasetRoot, rows: Iterable<readonly [string, number]>, classCount: number) {
  const groups: Item[][] = Array.from({ length: classCount }, () => []);
  const missing: string[] = [];
  for (const [path, label] of rows) {
    const found = await root.find(path);
    if (found === undefined) missing.push(path);
    else groups[label]!.push(makeItem(path, label, { kind: "file", path: root.at(found) }));
  }
  return { groups, missing };
}

/**
 * CropDiseases, from PlantVillage (Mohanty et al., 2016): `dataset/train/CLASS` and `dataset/test/CLASS` (the
 * benchmark's), or PlantVillage's own `color/CLASS`, or the 38 class folders themselves.
 */
export const readCropDiseases: Reader = async (root) => {
  const split = await firstThere(root, ["dataset/train", "train"]);
  if (split !== undefined) return readFolder(root.inside(split === "train" ? "." : "dataset"));
  const base = (await firstThere(root, ["raw/color", "color", "dataset", "."]))!;
  const classes = (await root.folders(base)).filter((name) => name.includes("___"));
  if (classes.length === 0) {
    throw new DatasetError(`${root.at(base)} has no PlantVillage class folder, such as Apple___healthy`);
  }
  const groups = await imagesByClass(root, base, classes);
  const unread = await unreadIn(root, base === "." ? classes : [base]);
  return seeded(root, "PlantVillage folders by class", classes, groups, [], unread);
};

/** EuroSAT, RGB (Helber et al., 2019): `2750/CLASS/CLASS_1.jpg`. */
export const readEuroSat: Reader = async (root) => {
  const base = (await firstThere(root, ["2750", "EuroSAT_RGB", "."]))!;
  const classes = await root.folders(base);
  const groups = await imagesByClass(root, base, classes);
  return seeded(root, "folders by class", classes, groups, [], await unreadIn(root, [base]));
};

const ISIC = "ISIC2018_Task3_Training";

/**
 * ISIC 2018, task 3 (Codella et al., 2019): `ISIC2018_Task3_Training_Input/ID.jpg` and
 * `ISIC2018_Task3_Training_GroundTruth.csv` (in a folder of that name or not), one column a class, 1.0 marks it.
 */
export const readIsic2018: Reader = async (root) => {
  const csv = `${ISIC}_GroundTruth.csv`;
  const file = (await firstThere(root, [`${ISIC}_GroundTruth/${csv}`, csv])) ?? csv;
  const [header, ...lines] = await root.lines(file);
  const classes = (header ?? "")
    .split(",")
    .slice(1)
    .map((name) => name.trim());
  if (!header?.startsWith("image,") || classes.length < 2) {
    throw new DatasetError(
      `${root.at(file)} starts with "${header ?? ""}": expected image and one column a class`,
    );
  }
  const rows = lines.map((line): [string, number] => {
    const [id, ...marks] = line.split(",");
    const marked = marks.map(Number).flatMap((mark, label) => (mark === 0 ? [] : [label]));
    if (marks.length !== classes.length || marked.length !== 1) {
      throw new DatasetError(
        `${root.at(file)} has the line "${line}": expected exactly one of ${classes.length} classes marked`,
      );
    }
    return [`${ISIC}_Input/${id}.jpg`, marked[0]!];
  });
  const { groups, missing } = await group(root, rows, classes.length);
  return seeded(root, "Training_Input with ground-truth csv", classes, groups, missing);
};

export const CHESTX_CLASSES: readonly string[] = [
  "Atelectasis",
  "Cardiomegaly",
  "Effusion",
  "Infiltration",
  "Mass",
  "Nodule",
  "Pneumothorax",
];

/**
 * ChestX, from NIH ChestX-ray14 (Wang et al., 2017): `Data_Entry_2017.csv` and the PNG files in `images`, or in
 * `images_001/images` and so on, as the archives unpack. Kept are the images whose only finding is one of the
 * benchmark's seven; everything else, "No Finding" too, is left out.
 */
export const readChestX: Reader = async (root) => {
  const file =
    (await firstThere(root, ["Data_Entry_2017.csv", "Data_Entry_2017_v2020.csv"])) ?? "Data_Entry_2017.csv";
  const [header, ...lines] = await root.lines(file);
  if (!header?.startsWith("Image Index,Finding Labels")) {
    throw new DatasetError(
      `${root.at(file)} starts with "${header ?? ""}": expected Image Index,Finding Labels`,
    );
  }
  const parts = (await root.folders())
    .filter((name) => /^images_\d+$/.test(name))
    .map((name) => `${name}/images`);
  const folders = ["images", ...parts];
  const rows: [string, number][] = [];
  for (const line of lines) {
    const [name = "", finding] = line.split(",");
    const label = CHESTX_CLASSES.indexOf(finding ?? "");
    if (label < 0) continue;
    const path = await firstThere(
      root,
      folders.map((folder) => `${folder}/${name}`),
    );
    rows.push([path ?? `images/${name}`, label]);
  }
  const { groups, missing } = await group(root, rows, CHESTX_CLASSES.length);
  return seeded(root, `${file} with images`, CHESTX_CLASSES, groups, missing);
};
