/** What retrieval runs on: datasets of classes, and the two sets of landmarks with their own ground truth. */
import {
  type Dataset,
  isLandmarks,
  LANDMARK_NAMES,
  LANDMARKS,
  type LandmarkDataset,
  landmarkLayout,
  locateLandmarks,
  openLandmarks,
} from "../../datasets/index.ts";
import type { DataSource } from "../data.ts";
import { recognition } from "../recognition.ts";
import type { RetrievalEvaluationOptions } from "./options.ts";

export type RetrievalData = Dataset | LandmarkDataset;
export const isLandmarkData = (data: RetrievalData): data is LandmarkDataset => "truth" in data;

const classes = recognition(["multi-class"]);

export const retrievalData: DataSource<RetrievalData, RetrievalEvaluationOptions> = {
  names: [...classes.names, ...LANDMARK_NAMES],
  kindOf: (name) => (isLandmarks(name) ? { slug: name, task: "landmarks" } : classes.kindOf(name)),
  titleOf: (name) => (isLandmarks(name) ? LANDMARKS[name].title : classes.titleOf(name)),
  unnamed: (folder, options) => classes.unnamed(folder, options),
  locate: async (name, folder, options) =>
    isLandmarks(name) ? locateLandmarks(name, folder) : classes.locate(name, folder, options),
  expected: (name) => (isLandmarks(name) ? landmarkLayout(name) : classes.expected(name)),
  open: async (name, place, options) =>
    isLandmarks(name)
      ? openLandmarks(name, place.folder, { queryCrop: options.queryCrop, allowPartial: place.allowPartial })
      : classes.open(name, place, options),
  facts(data, name) {
    if (!isLandmarkData(data)) return classes.facts(data, name);
    const { train, test } = data.splits;
    return {
      slug: data.name,
      title: data.title,
      domain: "landmarks",
      classCount: null,
      sizes: { train: train.length, test: test.length },
    };
  },
};
