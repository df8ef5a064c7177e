/** VOC2007's multi-label layout and the four cross-domain datasets, on small fixtures of exactly their form. */
import { describe, expect, it } from "vitest";
import { openDataset } from "../open.ts";
import { readFixture } from "../testing/listing.ts";
import { images, type Tree, temporaryTree } from "../testing/tree.ts";
import { VOC_CLASSES } from "./voc2007.ts";

describe("VOC2007", () => {
  const DEVKIT = "VOCdevkit/VOC2007";
  /** What each image holds; `!` marks a difficult object. */
  const objects: Record<string, string[]> = {
    "000005": ["chair", "chair!", "person"],
    "000007": ["car!"],
    "000009": ["horse", "person!"],
    "000001": ["dog", "person"],
  };
  const splits = { train: ["000005", "000007"], val: ["000009"], test: ["000001"] };
  const base: Tree = {
    ...images(...Object.keys(objects).map((id) => `${DEVKIT}/JPEGImages/${id}.jpg`)),
    ...Object.fromEntries(
      Object.entries(splits).map(([split, ids]) => [
        `${DEVKIT}/ImageSets/Main/${split}.txt`,
        `${ids.join("\n")}\n`,
      ]),
    ),
  };
  const annotations = Object.fromEntries(
    Object.entries(objects).map(([id, names]) => {
      const parts = names.map(
        (name) =>
          `<object><name>${name.replace("!", "")}</name><truncated>0</truncated><difficult>${name.endsWith("!") ? 1 : 0}</difficult><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>3</ymax></bndbox><part><name>head</name></part></object>`,
      );
      return [
        `${DEVKIT}/Annotations/${id}.xml`,
        `<annotation><folder>VOC2007</folder><filename>${id}.jpg</filename>${parts.join("\n")}</annotation>`,
      ];
    }),
  );
  const lists = Object.fromEntries(
    Object.entries(splits).flatMap(([split, ids]) =>
      VOC_CLASSES.map((name) => {
        const lines = ids.map((id) => {
          const found = objects[id]!;
          return `${id} ${found.includes(name) ? " 1" : found.includes(`${name}!`) ? " 0" : "-1"}`;
        });
        return [`${DEVKIT}/ImageSets/Main/${name}_${split}.txt`, `${lines.join("\n")}\n`];
      }),
    ),
  );
  /** One 0 or 1 a class. */
  const row = (...positive: string[]) =>
    VOC_CLASSES.map((name) => (positive.includes(name) ? 1 : 0)).join("");
  const expected = {
    train: [
      `${DEVKIT}/JPEGImages/000005.jpg ${row("chair", "person")}`,
      `${DEVKIT}/JPEGImages/000007.jpg ${row()}`,
    ],
    val: [`${DEVKIT}/JPEGImages/000009.jpg ${row("horse")}`],
    test: [`${DEVKIT}/JPEGImages/000001.jpg ${row("dog", "person")}`],
  };

  it("reads the annotations: only difficult objects make a negative", async () => {
    expect(await readFixture("voc2007", { ...base, ...annotations })).toMatchObject(expected);
  });

  it("reads the same from the classes' lists", async () => {
    expect(await readFixture("voc2007", { ...base, ...lists })).toMatchObject(expected);
  });

  it("names an annotation that is missing or has an unknown class", async () => {
    const { [`${DEVKIT}/Annotations/000009.xml`]: _, ...others } = annotations;
    const without = await temporaryTree({ ...base, ...others });
    await expect(openDataset("voc2007", without.path)).rejects.toThrow(/Annotations\/000009\.xml is missing/);
    const unicorn = "<annotation><object><name>unicorn</name></object></annotation>";
    const wrong = await temporaryTree({
      ...base,
      ...annotations,
      [`${DEVKIT}/Annotations/000009.xml`]: unicorn,
    });
    await expect(openDataset("voc2007", wrong.path)).rejects.toThrow(
      /000009\.xml has an object of the unknown class "unicorn"/,
    );
  });
});

describe("CropDiseases", () => {
  const names = (folder: string, name: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${folder}${name}/image (${i + 1}).JPG`);

  it("reads the benchmark's train and test folders", async () => {
    const found = await readFixture("cropdiseases", {
      ...images(
        ...names("dataset/train/", "Apple___Apple_scab", 2),
        ...names("dataset/train/", "Corn_(maize)___healthy", 1),
      ),
      ...images(
        ...names("dataset/test/", "Apple___Apple_scab", 1),
        ...names("dataset/test/", "Corn_(maize)___healthy", 1),
      ),
    });
    expect(found.classes).toEqual(["Apple___Apple_scab", "Corn_(maize)___healthy"]);
    expect([found.train.length, found.test.length]).toEqual([3, 2]);
    expect(found.test[0]).toBe("test/Apple___Apple_scab/image (1).JPG 0");
  });

  it("splits PlantVillage's own folders by a seeded rule", async () => {
    const found = await readFixture(
      "cropdiseases",
      images(...names("color/", "Apple___Apple_scab", 5), ...names("color/", "Grape___healthy", 10)),
    );
    expect([found.train.length, found.test.length]).toEqual([12, 3]);
    expect(found.dataset.origin.splitRule).toMatch(/seeded 20% of each class/);
  });
});

describe("EuroSAT", () => {
  it("reads the ten class folders of 2750", async () => {
    const found = await readFixture("eurosat", {
      ...images(...[1, 2, 3].map((n) => `2750/AnnualCrop/AnnualCrop_${n}.jpg`)),
      ...images(...[1, 2].map((n) => `2750/SeaLake/SeaLake_${n}.jpg`)),
    });
    expect(found.classes).toEqual(["AnnualCrop", "SeaLake"]);
    expect([found.train.length, found.test.length]).toEqual([3, 2]);
  });
});

describe("ISIC2018", () => {
  const HEADER = "image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\n";
  const CSV = "ISIC2018_Task3_Training_GroundTruth/ISIC2018_Task3_Training_GroundTruth.csv";
  const pictures = images(...[1, 2, 3, 4].map((n) => `ISIC2018_Task3_Training_Input/ISIC_000000${n}.jpg`));

  it("reads the marked column of each row", async () => {
    const marked = (id: number, column: number) =>
      `ISIC_000000${id},${Array.from({ length: 7 }, (_, i) => (i === column ? "1.0" : "0.0")).join(",")}\n`;
    // Two images of each of two classes cannot fill seven: the reader says so, and the labels are right before.
    const csv = HEADER + marked(1, 0) + marked(2, 1) + marked(3, 0) + marked(4, 1);
    const folder = await temporaryTree({ ...pictures, [CSV]: csv });
    await expect(openDataset("isic2018", folder.path, { allowPartial: true })).rejects.toThrow(
      /class "BCC" of .* has no image: at least two are needed/,
    );
    const two = csv.replaceAll(/^([^,]+,[^,]+,[^,\n]+),.*$/gm, "$1");
    const small = await temporaryTree({ ...pictures, [CSV]: two });
    const found = await openDataset("isic2018", small.path, { allowPartial: true });
    expect(found.classes).toEqual(["MEL", "NV"]);
    expect(
      new Map(found.splits.train.concat(found.splits.test).map(({ id, label }) => [id.slice(-5, -4), label])),
    ).toEqual(
      new Map([
        ["1", 0],
        ["2", 1],
        ["3", 0],
        ["4", 1],
      ]),
    );
  });

  it("refuses a row with no class or two", async () => {
    const folder = await temporaryTree({
      ...pictures,
      [CSV]: `${HEADER}ISIC_0000001,1.0,1.0,0,0,0,0,0\n`,
    });
    await expect(openDataset("isic2018", folder.path)).rejects.toThrow(
      /expected exactly one of 7 classes marked/,
    );
  });
});

describe("ChestX", () => {
  it("keeps the images with exactly one of the seven findings, from several folders", async () => {
    const findings = [
      "Atelectasis",
      "Cardiomegaly",
      "Effusion",
      "Infiltration",
      "Mass",
      "Nodule",
      "Pneumothorax",
    ];
    const rows: string[] = [
      "00000000_000.png,No Finding",
      "00000000_001.png,Pneumonia",
      "00000000_002.png,Mass|Nodule",
    ];
    const paths: string[] = [];
    for (const [label, finding] of findings.entries()) {
      for (const n of [0, 1]) {
        const name = `0000001${label}_00${n}.png`;
        rows.push(`${name},${finding}`);
        paths.push(n === 0 ? `images/${name}` : `images_002/images/${name}`);
      }
    }
    const header =
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position\n";
    const found = await readFixture("chestx", {
      ...images(...paths),
      "Data_Entry_2017.csv": header + rows.map((row) => `${row},0,1,58,M,PA\n`).join(""),
    });
    expect(found.classes).toEqual(findings);
    expect([found.train.length, found.test.length]).toEqual([7, 7]);
    expect([...found.train, ...found.test].toSorted()).toEqual(
      paths.map((path) => `${path} ${/0000001(\d)/.exec(path)![1]}`).toSorted(),
    );
  });
});
