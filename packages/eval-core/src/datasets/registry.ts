/** The datasets that the protocols name: one table, read by the command, the docs and the checks. */
import { datasetNamed } from "@transferboard/vocabulary";
import type { DatasetMetric, Task } from "./dataset.ts";
import { readAircraft } from "./readers/aircraft.ts";
import { readCaltech101 } from "./readers/caltech101.ts";
import { readCars } from "./readers/cars.ts";
import { readChestX, readCropDiseases, readEuroSat, readIsic2018 } from "./readers/cdfsl.ts";
import { readCifar10, readCifar100 } from "./readers/cifar.ts";
import { readDigits } from "./readers/digits.ts";
import { readDtd } from "./readers/dtd.ts";
import { readFlowers } from "./readers/flowers.ts";
import { readFolder } from "./readers/folder.ts";
import { readFood } from "./readers/food.ts";
import { readPets } from "./readers/pets.ts";
import type { Reader } from "./readers/reader.ts";
import { readSun397 } from "./readers/sun397.ts";
import { readVoc2007 } from "./readers/voc2007.ts";

export interface PublishedCounts {
  readonly train?: number;
  readonly val?: number;
  readonly test?: number;
  /** All images together, where the splits are not published or not of one size. */
  readonly all?: number;
}

export interface DatasetEntry {
  readonly title: string;
  readonly domain: string;
  readonly task: Task;
  readonly metric: DatasetMetric;
  /** How many classes a whole copy has; undefined where any number is right. */
  readonly classCount: number | undefined;
  /** Images in a whole copy; undefined where any number is right. */
  readonly published: PublishedCounts | undefined;
  /** The files and folders that a copy holds, for a person to compare with. */
  readonly layout: string;
  /** A folder is a copy of the dataset when it holds one of these. */
  readonly markers: readonly string[];
  /** Folders that the archives unpack into: looked for inside the given folder. */
  readonly folders: readonly string[];
  /** Where to get it, in words; sources move, so no address is promised. */
  readonly source: string;
  readonly read: Reader;
}

/** What the vocabulary says of a recognition dataset. */
function factsOf(slug: string): Pick<DatasetEntry, "title" | "domain" | "task" | "metric" | "classCount"> {
  const fact = datasetNamed(slug);
  if (!fact?.recognition) throw new Error(`The vocabulary has no recognition dataset '${slug}'.`);
  const { title, domain, classes, recognition } = fact;
  const metric = recognition.metric as DatasetMetric;
  return { title, domain, task: recognition.task, metric, classCount: classes ?? undefined };
}

export const DATASETS = {
  aircraft: {
    ...factsOf("aircraft"),
    published: { train: 3334, val: 3333, test: 3333 },
    layout: "data/images/*.jpg, data/images_variant_train.txt, _val.txt, _test.txt",
    markers: ["data/images_variant_train.txt"],
    folders: ["fgvc-aircraft-2013b"],
    source: "FGVC-Aircraft 2013b, from the Visual Geometry Group, University of Oxford",
    read: readAircraft,
  },
  caltech101: {
    ...factsOf("caltech101"),
    published: { all: 9144 },
    layout:
      "101_ObjectCategories/CLASS/image_0001.jpg; the authors' train.txt and test.txt, or their draw without",
    markers: ["101_ObjectCategories", "caltech101/101_ObjectCategories", "caltech-101/101_ObjectCategories"],
    folders: ["caltech101", "caltech-101"],
    source: "Caltech 101, from CaltechDATA; split files: caltech101-splits of the authors' code",
    read: readCaltech101,
  },
  cars: {
    ...factsOf("cars"),
    published: { train: 8144, test: 8041 },
    layout:
      "cars_train/*.jpg, cars_test/*.jpg, devkit/cars_meta.mat, cars_train_annos.mat, cars_test_annos_withlabels.mat",
    markers: ["cars_train", "devkit/cars_train_annos.mat"],
    folders: ["stanford_cars"],
    source: "Stanford Cars, from the Stanford AI Lab or a mirror of it, with the devkit and the test labels",
    read: readCars,
  },
  cifar10: {
    ...factsOf("cifar10"),
    published: { train: 50_000, test: 10_000 },
    layout: "data_batch_1.bin to data_batch_5.bin, test_batch.bin, batches.meta.txt; or the Python version",
    markers: ["data_batch_1.bin", "data_batch_1"],
    folders: ["cifar-10-batches-bin", "cifar-10-batches-py"],
    source: "CIFAR-10, binary or Python version, from the University of Toronto",
    read: readCifar10,
  },
  cifar100: {
    ...factsOf("cifar100"),
    published: { train: 50_000, test: 10_000 },
    layout: "train.bin, test.bin, fine_label_names.txt; or the Python version",
    markers: ["fine_label_names.txt", "meta"],
    folders: ["cifar-100-binary", "cifar-100-python"],
    source: "CIFAR-100, binary or Python version, from the University of Toronto",
    read: readCifar100,
  },
  dtd: {
    ...factsOf("dtd"),
    published: { train: 1880, val: 1880, test: 1880 },
    layout: "images/CLASS/*.jpg, labels/train1.txt, val1.txt, test1.txt",
    markers: ["labels/train1.txt"],
    folders: ["dtd"],
    source: "Describable Textures Dataset r1.0.1, from the Visual Geometry Group, University of Oxford",
    read: readDtd,
  },
  flowers: {
    ...factsOf("flowers"),
    published: { train: 1020, val: 1020, test: 6149 },
    layout: "jpg/image_00001.jpg, imagelabels.mat, setid.mat",
    markers: ["setid.mat", "imagelabels.mat"],
    folders: ["flowers-102", "102flowers"],
    source: "102 Category Flower Dataset, from the Visual Geometry Group, University of Oxford",
    read: readFlowers,
  },
  food: {
    ...factsOf("food"),
    published: { train: 75_750, test: 25_250 },
    layout: "images/CLASS/*.jpg, meta/classes.txt, meta/train.txt and test.txt (or .json)",
    markers: ["meta/classes.txt"],
    folders: ["food-101"],
    source: "Food-101, from the Computer Vision Lab, ETH Zurich",
    read: readFood,
  },
  pets: {
    ...factsOf("pets"),
    published: { train: 3680, test: 3669 },
    layout: "images/*.jpg, annotations/trainval.txt, annotations/test.txt",
    markers: ["annotations/trainval.txt"],
    folders: ["oxford-iiit-pet"],
    source: "Oxford-IIIT Pet Dataset, from the Visual Geometry Group, University of Oxford",
    read: readPets,
  },
  sun397: {
    ...factsOf("sun397"),
    published: { train: 19_850, test: 19_850 },
    layout: "a/abbey/*.jpg and so on, ClassName.txt, Training_01.txt, Testing_01.txt (here or in Partitions)",
    markers: ["ClassName.txt", "Training_01.txt", "Partitions/Training_01.txt"],
    folders: ["SUN397"],
    source: "SUN397 with its Partitions, from the SUN database of Princeton and MIT",
    read: readSun397,
  },
  voc2007: {
    ...factsOf("voc2007"),
    published: { train: 2501, val: 2510, test: 4952 },
    layout: "VOCdevkit/VOC2007 with JPEGImages, Annotations and ImageSets/Main of trainval and test",
    markers: ["VOCdevkit/VOC2007", "VOC2007/ImageSets", "ImageSets/Main"],
    folders: [],
    source: "PASCAL VOC 2007 trainval and test, from the PASCAL VOC challenge",
    read: readVoc2007,
  },
  cropdiseases: {
    ...factsOf("cropdiseases"),
    published: undefined,
    layout: "dataset/train/CLASS/* and dataset/test/CLASS/*; or PlantVillage's color/CLASS/*",
    markers: ["dataset/train", "train/Apple___healthy", "raw/color", "color", "Apple___healthy"],
    folders: ["CropDiseases", "PlantVillage", "plantvillage dataset", "PlantVillage-Dataset"],
    source: "PlantVillage, for example as the plant-disease dataset of the cross-domain few-shot benchmark",
    read: readCropDiseases,
  },
  eurosat: {
    ...factsOf("eurosat"),
    published: { all: 27_000 },
    layout: "2750/CLASS/*.jpg",
    markers: ["2750", "EuroSAT_RGB", "AnnualCrop"],
    folders: ["EuroSAT", "2750", "EuroSAT_RGB"],
    source: "EuroSAT, RGB version, from DFKI or its Zenodo record",
    read: readEuroSat,
  },
  isic2018: {
    ...factsOf("isic2018"),
    published: { all: 10_015 },
    layout: "ISIC2018_Task3_Training_Input/*.jpg, ISIC2018_Task3_Training_GroundTruth/*.csv",
    markers: ["ISIC2018_Task3_Training_Input"],
    folders: ["ISIC", "isic"],
    source: "ISIC 2018 challenge, task 3, training input and ground truth, from the ISIC archive",
    read: readIsic2018,
  },
  chestx: {
    ...factsOf("chestx"),
    // Releases of the label file differ by a few images (about 25,850 are kept): what it lists must be there.
    published: undefined,
    layout: "Data_Entry_2017.csv, images/*.png (or images_001/images/*.png and so on)",
    markers: ["Data_Entry_2017.csv", "Data_Entry_2017_v2020.csv"],
    folders: ["chestX", "ChestX-ray14"],
    source: "NIH ChestX-ray14, from the NIH Clinical Center",
    read: readChestX,
  },
  digits: {
    ...factsOf("digits"),
    published: { train: 1197, test: 600 },
    layout: "digits.csv.gz",
    markers: ["digits.csv.gz"],
    folders: [],
    source: "ships with transferboard: no folder is needed",
    read: readDigits,
  },
  folder: {
    title: "Folder of images",
    domain: "any",
    task: "multi-class",
    metric: "accuracy",
    classCount: undefined,
    published: undefined,
    layout: "train/CLASS/*, test/CLASS/* and, if there is one, val/CLASS/*; or CLASS/*",
    markers: ["."],
    folders: [],
    source: "your own images, one folder a class",
    read: readFolder,
  },
} satisfies Record<string, DatasetEntry>;

export type DatasetName = keyof typeof DATASETS;

export const DATASET_NAMES = Object.keys(DATASETS) as DatasetName[];
