/** Facts of datasets, whoever reads them. New ones come at the end: positions are recorded. */

import type { DatasetFact, RecognitionTask } from "./dataset-fact.ts";
import { othersDatasets } from "./others-datasets.ts";

export type { DatasetFact, RecognitionTask };

const unsplit = [null, null, null] as const;
const accuracy = { recognition: { task: "multi-class", metric: "accuracy" } } as const;
const perClass = { recognition: { task: "multi-class", metric: "mean-per-class-accuracy" } } as const;
const labels = { recognition: { task: "multi-label", metric: "map11" } } as const;

export const datasets: readonly DatasetFact[] = [
  {
    slug: "imagenet",
    title: "ImageNet",
    domain: "objects",
    classes: 1000,
    sizes: [1_281_167, null, 50_000],
    ...accuracy,
  },
  {
    slug: "aircraft",
    title: "Aircraft",
    domain: "aircraft models",
    classes: 100,
    sizes: [3334, 3333, 3333],
    ...perClass,
  },
  {
    slug: "caltech101",
    title: "Caltech101",
    domain: "objects",
    classes: 102,
    sizes: [3060, null, 6084],
    ...perClass,
  },
  { slug: "cars", title: "Cars", domain: "car models", classes: 196, sizes: [8144, null, 8041], ...accuracy },
  {
    slug: "cifar10",
    title: "CIFAR10",
    domain: "objects",
    classes: 10,
    sizes: [50_000, null, 10_000],
    ...accuracy,
  },
  {
    slug: "cifar100",
    title: "CIFAR100",
    domain: "objects",
    classes: 100,
    sizes: [50_000, null, 10_000],
    ...accuracy,
  },
  { slug: "dtd", title: "DTD", domain: "textures", classes: 47, sizes: [1880, 1880, 1880], ...accuracy },
  {
    slug: "flowers",
    title: "Flowers",
    domain: "flowers",
    classes: 102,
    sizes: [1020, 1020, 6149],
    ...perClass,
  },
  { slug: "food", title: "Food", domain: "dishes", classes: 101, sizes: [75_750, null, 25_250], ...accuracy },
  {
    slug: "pets",
    title: "Pets",
    domain: "cats and dogs",
    classes: 37,
    sizes: [3680, null, 3669],
    ...perClass,
  },
  {
    slug: "sun397",
    title: "SUN397",
    domain: "scenes",
    classes: 397,
    sizes: [19_850, null, 19_850],
    ...accuracy,
  },
  {
    slug: "voc2007",
    title: "VOC2007",
    domain: "objects in scenes",
    classes: 20,
    sizes: [2501, 2510, 4952],
    ...labels,
  },
  {
    slug: "cropdiseases",
    title: "CropDiseases",
    domain: "plant leaves",
    classes: 38,
    sizes: unsplit,
    ...accuracy,
  },
  {
    slug: "eurosat",
    title: "EuroSAT",
    domain: "satellite images",
    classes: 10,
    sizes: [27_000, null, null],
    ...accuracy,
  },
  {
    slug: "isic2018",
    title: "ISIC2018",
    domain: "skin lesions",
    classes: 7,
    sizes: [10_015, null, null],
    ...accuracy,
  },
  { slug: "chestx", title: "ChestX", domain: "chest X-rays", classes: 7, sizes: unsplit, ...accuracy },
  { slug: "nyuv2", title: "NYUv2", domain: "indoor scenes", classes: null, sizes: [795, null, 654] },
  { slug: "ade20k", title: "ADE20K", domain: "scenes", classes: 150, sizes: [20_210, null, 2000] },
  { slug: "kornblith", title: "Kornblith, mean of 10", domain: "several", classes: null, sizes: unsplit },
  { slug: "all", title: "All datasets", domain: "several", classes: null, sizes: unsplit },
  {
    slug: "digits",
    title: "Digits",
    domain: "handwritten digits",
    classes: 10,
    sizes: [1197, null, 600],
    ...accuracy,
  },
  {
    slug: "voc2012",
    title: "VOC2012",
    domain: "objects in scenes",
    classes: 21,
    sizes: [10_582, null, 1449],
  },
  { slug: "roxford5k", title: "ROxford5k", domain: "landmarks", classes: null, sizes: unsplit },
  { slug: "rparis6k", title: "RParis6k", domain: "landmarks", classes: null, sizes: unsplit },
  {
    slug: "imagenet-v2",
    title: "ImageNet-V2",
    domain: "objects",
    classes: 1000,
    sizes: [null, null, 10_000],
  },
  { slug: "imagenet-a", title: "ImageNet-A", domain: "objects", classes: 200, sizes: [null, null, 7500] },
  {
    slug: "imagenet-r",
    title: "ImageNet-R",
    domain: "renditions",
    classes: 200,
    sizes: [null, null, 30_000],
  },
  { slug: "imagenet-sketch", title: "ImageNet-Sketch", domain: "sketches", classes: 1000, sizes: unsplit },
  {
    slug: "imagenet-real",
    title: "ImageNet ReaL",
    domain: "objects",
    classes: 1000,
    sizes: [null, null, 50_000],
  },
  { slug: "imagenet-c", title: "ImageNet-C", domain: "corrupted objects", classes: 1000, sizes: unsplit },
  {
    slug: "voc-shapes",
    title: "Drawn shapes (VOC)",
    domain: "drawn shapes",
    classes: 3,
    sizes: [120, null, 40],
  },
  {
    slug: "ade-shapes",
    title: "Drawn scenes (ADE20K)",
    domain: "drawn scenes",
    classes: 4,
    sizes: [60, null, 20],
  },
  {
    slug: "nyu-shapes",
    title: "Drawn rooms (NYUv2)",
    domain: "drawn rooms",
    classes: null,
    sizes: [60, null, 20],
  },
  { slug: "images", title: "Images", domain: "any", classes: null, sizes: unsplit },
  {
    slug: "all-reduced",
    title: "All datasets, reduced",
    domain: "several",
    classes: null,
    sizes: unsplit,
  },
  ...othersDatasets,
];

const bySlug: ReadonlyMap<string, DatasetFact> = new Map(datasets.map((dataset) => [dataset.slug, dataset]));

/** Undefined for one that is not in the vocabulary, such as one's own folder. */
export const datasetNamed = (slug: string): DatasetFact | undefined => bySlug.get(slug);
