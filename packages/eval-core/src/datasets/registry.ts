/** The datasets that the protocols name: one table, read by the command, the docs and the checks. */
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
  /** The suites that it belongs to. */
  readonly suites: readonly string[];
  readonly read: Reader;
}

/** The suites of a dataset of Kornblith et al.'s; VOC2007 has no few-shot, and three are too small for 50 shots. */
const MANY_SHOT = ["many-shot-linear", "many-shot-finetune"] as const;
const FEW_SHOT = ["few-shot-kornblith-5", "few-shot-kornblith"] as const;
const KORNBLITH = [...MANY_SHOT, ...FEW_SHOT, "few-shot-kornblith-50"] as const;
const KORNBLITH_SMALL = [...MANY_SHOT, ...FEW_SHOT] as const;
const CDFSL = ["few-shot-cdfsl-5", "few-shot-cdfsl", "few-shot-cdfsl-50"] as const;

export const DATASETS = {
  aircraft: {
    title: "Aircraft",
    domain: "aircraft models",
    task: "multi-class",
    metric: "mean-per-class-accuracy",
    classCount: 100,
    published: { train: 3334, val: 3333, test: 3333 },
    layout: "data/images/*.jpg, data/images_variant_train.txt, _val.txt, _test.txt",
    markers: ["data/images_variant_train.txt"],
    folders: ["fgvc-aircraft-2013b"],
    source: "FGVC-Aircraft 2013b, from the Visual Geometry Group, University of Oxford",
    suites: KORNBLITH,
    read: readAircraft,
  },
  caltech101: {
    title: "Caltech101",
    domain: "objects",
    task: "multi-class",
    metric: "mean-per-class-accuracy",
    classCount: 102,
    published: { all: 9144 },
    layout:
      "101_ObjectCategories/CLASS/image_0001.jpg; the authors' train.txt and test.txt, or their draw without",
    markers: ["101_ObjectCategories", "caltech101/101_ObjectCategories", "caltech-101/101_ObjectCategories"],
    folders: ["caltech101", "caltech-101"],
    source: "Caltech 101, from CaltechDATA; split files: caltech101-splits of the authors' code",
    suites: KORNBLITH_SMALL,
    read: readCaltech101,
  },
  cars: {
    title: "Cars",
    domain: "car models",
    task: "multi-class",
    metric: "accuracy",
    classCount: 196,
    published: { train: 8144, test: 8041 },
    layout:
      "cars_train/*.jpg, cars_test/*.jpg, devkit/cars_meta.mat, cars_train_annos.mat, cars_test_annos_withlabels.mat",
    markers: ["cars_train", "devkit/cars_train_annos.mat"],
    folders: ["stanford_cars"],
    source: "Stanford Cars, from the Stanford AI Lab or a mirror of it, with the devkit and the test labels",
    suites: KORNBLITH_SMALL,
    read: readCars,
  },
  cifar10: {
    title: "CIFAR10",
    domain: "objects",
    task: "multi-class",
    metric: "accuracy",
    classCount: 10,
    published: { train: 50_000, test: 10_000 },
    layout: "data_batch_1.bin to data_batch_5.bin, test_batch.bin, batches.meta.txt; or the Python version",
    markers: ["data_batch_1.bin", "data_batch_1"],
    folders: ["cifar-10-batches-bin", "cifar-10-batches-py"],
    source: "CIFAR-10, binary or Python version, from the University of Toronto",
    suites: KORNBLITH,
    read: readCifar10,
  },
  cifar100: {
    title: "CIFAR100",
    domain: "objects",
    task: "multi-class",
    metric: "accuracy",
    classCount: 100,
    published: { train: 50_000, test: 10_000 },
    layout: "train.bin, test.bin, fine_label_names.txt; or the Python version",
    markers: ["fine_label_names.txt", "meta"],
    folders: ["cifar-100-binary", "cifar-100-python"],
    source: "CIFAR-100, binary or Python version, from the University of Toronto",
    suites: KORNBLITH,
    read: readCifar100,
  },
  dtd: {
    title: "DTD",
    domain: "textures",
    task: "multi-class",
    metric: "accuracy",
    classCount: 47,
    published: { train: 1880, val: 1880, test: 1880 },
    layout: "images/CLASS/*.jpg, labels/train1.txt, val1.txt, test1.txt",
    markers: ["labels/train1.txt"],
    folders: ["dtd"],
    source: "Describable Textures Dataset r1.0.1, from the Visual Geometry Group, University of Oxford",
    suites: KORNBLITH,
    read: readDtd,
  },
  flowers: {
    title: "Flowers",
    domain: "flowers",
    task: "multi-class",
    metric: "mean-per-class-accuracy",
    classCount: 102,
    published: { train: 1020, val: 1020, test: 6149 },
    layout: "jpg/image_00001.jpg, imagelabels.mat, setid.mat",
    markers: ["setid.mat", "imagelabels.mat"],
    folders: ["flowers-102", "102flowers"],
    source: "102 Category Flower Dataset, from the Visual Geometry Group, University of Oxford",
    suites: KORNBLITH_SMALL,
    read: readFlowers,
  },
  food: {
    title: "Food",
    domain: "dishes",
    task: "multi-class",
    metric: "accuracy",
    classCount: 101,
    published: { train: 75_750, test: 25_250 },
    layout: "images/CLASS/*.jpg, meta/classes.txt, meta/train.txt and test.txt (or .json)",
    markers: ["meta/classes.txt"],
    folders: ["food-101"],
    source: "Food-101, from the Computer Vision Lab, ETH Zurich",
    suites: KORNBLITH,
    read: readFood,
  },
  pets: {
    title: "Pets",
    domain: "cats and dogs",
    task: "multi-class",
    metric: "mean-per-class-accuracy",
    classCount: 37,
    published: { train: 3680, test: 3669 },
    layout: "images/*.jpg, annotations/trainval.txt, annotations/test.txt",
    markers: ["annotations/trainval.txt"],
    folders: ["oxford-iiit-pet"],
    source: "Oxford-IIIT Pet Dataset, from the Visual Geometry Group, University of Oxford",
    suites: KORNBLITH,
    read: readPets,
  },
  sun397: {
    title: "SUN397",
    domain: "scenes",
    task: "multi-class",
    metric: "accuracy",
    classCount: 397,
    published: { train: 19_850, test: 19_850 },
    layout: "a/abbey/*.jpg and so on, ClassName.txt, Training_01.txt, Testing_01.txt (here or in Partitions)",
    markers: ["ClassName.txt", "Training_01.txt", "Partitions/Training_01.txt"],
    folders: ["SUN397"],
    source: "SUN397 with its Partitions, from the SUN database of Princeton and MIT",
    suites: KORNBLITH,
    read: readSun397,
  },
  voc2007: {
    title: "VOC2007",
    domain: "objects in scenes",
    task: "multi-label",
    metric: "map11",
    classCount: 20,
    published: { train: 2501, val: 2510, test: 4952 },
    layout: "VOCdevkit/VOC2007 with JPEGImages, Annotations and ImageSets/Main of trainval and test",
    markers: ["VOCdevkit/VOC2007", "VOC2007/ImageSets", "ImageSets/Main"],
    folders: [],
    source: "PASCAL VOC 2007 trainval and test, from the PASCAL VOC challenge",
    suites: MANY_SHOT,
    read: readVoc2007,
  },
  cropdiseases: {
    title: "CropDiseases",
    domain: "plant leaves",
    task: "multi-class",
    metric: "accuracy",
    classCount: 38,
    published: undefined,
    layout: "dataset/train/CLASS/* and dataset/test/CLASS/*; or PlantVillage's color/CLASS/*",
    markers: ["dataset/train", "train/Apple___healthy", "raw/color", "color", "Apple___healthy"],
    folders: ["CropDiseases", "PlantVillage", "plantvillage dataset", "PlantVillage-Dataset"],
    source: "PlantVillage, for example as the plant-disease dataset of the cross-domain few-shot benchmark",
    suites: CDFSL,
    read: readCropDiseases,
  },
  eurosat: {
    title: "EuroSAT",
    domain: "satellite images",
    task: "multi-class",
    metric: "accuracy",
    classCount: 10,
    published: { all: 27_000 },
    layout: "2750/CLASS/*.jpg",
    markers: ["2750", "EuroSAT_RGB", "AnnualCrop"],
    folders: ["EuroSAT", "2750", "EuroSAT_RGB"],
    source: "EuroSAT, RGB version, from DFKI or its Zenodo record",
    suites: CDFSL,
    read: readEuroSat,
  },
  isic2018: {
    title: "ISIC2018",
    domain: "skin lesions",
    task: "multi-class",
    metric: "accuracy",
    classCount: 7,
    published: { all: 10_015 },
    layout: "ISIC2018_Task3_Training_Input/*.jpg, ISIC2018_Task3_Training_GroundTruth/*.csv",
    markers: ["ISIC2018_Task3_Training_Input"],
    folders: ["ISIC", "isic"],
    source: "ISIC 2018 challenge, task 3, training input and ground truth, from the ISIC archive",
    suites: CDFSL,
    read: readIsic2018,
  },
  chestx: {
    title: "ChestX",
    domain: "chest X-rays",
    task: "multi-class",
    metric: "accuracy",
    classCount: 7,
    // Releases of the label file differ by a few images (about 25,850 are kept): what it lists must be there.
    published: undefined,
    layout: "Data_Entry_2017.csv, images/*.png (or images_001/images/*.png and so on)",
    markers: ["Data_Entry_2017.csv", "Data_Entry_2017_v2020.csv"],
    folders: ["chestX", "ChestX-ray14"],
    source: "NIH ChestX-ray14, from the NIH Clinical Center",
    suites: CDFSL,
    read: readChestX,
  },
  digits: {
    title: "Digits",
    domain: "handwritten digits",
    task: "multi-class",
    metric: "accuracy",
    classCount: 10,
    published: { train: 1197, test: 600 },
    layout: "digits.csv.gz",
    markers: ["digits.csv.gz"],
    folders: [],
    source: "ships with transferboard: no folder is needed",
    suites: ["demo"],
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
    suites: [],
    read: readFolder,
  },
} as const satisfies Record<string, DatasetEntry>;

export type DatasetName = keyof typeof DATASETS;

export const DATASET_NAMES = Object.keys(DATASETS) as DatasetName[];
