/** MTEB's image tasks and our measures for them. What is not here has no measure. */

export interface MtebTask {
  readonly setting: string;
  readonly dataset: string;
  /** Ours. */
  readonly metric: string;
  /** MTEB's names of the score that is the main one, by version. */
  readonly scores: readonly string[];
  /** Of the protocol. */
  readonly evaluation: "few-shot-linear" | "zero-shot" | "clustering" | "retrieval";
  /** Images a class, of few-shot tasks. */
  readonly shots?: number;
}

const few = (dataset: string, metric = "accuracy"): MtebTask => ({
  setting: "few-shot-linear-16",
  dataset,
  metric,
  scores: ["accuracy"],
  evaluation: "few-shot-linear",
  shots: 16,
});
const zero = (dataset: string, metric = "accuracy"): MtebTask => ({
  setting: "zero-shot",
  dataset,
  metric,
  scores: ["accuracy"],
  evaluation: "zero-shot",
});
const cluster = (dataset: string): MtebTask => ({
  setting: "clustering",
  dataset,
  metric: "nmi",
  scores: ["nmi"],
  evaluation: "clustering",
});
const retrieve = (dataset: string, metric: string, ...scores: string[]): MtebTask => ({
  setting: "retrieval",
  dataset,
  metric,
  scores,
  evaluation: "retrieval",
});
const first = (dataset: string) => retrieve(dataset, "recall-at-1", "cv_recall_at_1", "hit_rate_at_1");

/** Of few-shot tasks and, with "ZeroShot" behind the name, of zero-shot ones. */
const CLASSIFICATION: Readonly<Record<string, string>> = {
  StanfordCars: "cars",
  FGVCAircraft: "aircraft",
  DTD: "dtd",
  OxfordPets: "pets",
  Caltech101: "caltech101",
  SUN397: "sun397",
  EuroSAT: "eurosat",
  CIFAR10: "cifar10",
  CIFAR100: "cifar100",
  STL10: "stl10",
  Birdsnap: "birdsnap",
  Country211: "country211",
  FER2013: "fer2013",
  GTSRB: "gtsrb",
  MNIST: "mnist",
  PatchCamelyon: "pcam",
  RESISC45: "resisc45",
  UCF101: "ucf101",
};
const renamed = <T>(entries: Readonly<Record<string, string>>, end: string, make: (dataset: string) => T) =>
  Object.entries(entries).map(([task, dataset]) => [`${task}${end}`, make(dataset)] as const);

const levels = (name: string, dataset: string) =>
  ["Easy", "Medium", "Hard"].map(
    (level) =>
      [
        `${name}${level}I2IRetrieval`,
        retrieve(`${dataset}-${level.toLowerCase()}`, "map-at-5", "map_at_5", "cv_map_at_5"),
      ] as const,
  );

const TASKS: ReadonlyMap<string, MtebTask> = new Map([
  ...renamed(CLASSIFICATION, "", few),
  ["Food101Classification", few("food")],
  ["OxfordFlowersClassification", few("flowers")],
  ["Imagenet1k", few("imagenet", "top1")],
  ["VOC2007", { ...few("voc2007", "lrap"), setting: "few-shot-linear-8", scores: ["lrap"], shots: 8 }],
  ...renamed(CLASSIFICATION, "ZeroShot", zero),
  ["Food101ZeroShot", zero("food")],
  ["OxfordFlowersZeroShot", zero("flowers")],
  ["Imagenet1kZeroShot", zero("imagenet", "top1")],
  ["CLEVRZeroShot", zero("clevr-distance")],
  ["CLEVRCountZeroShot", zero("clevr-count")],
  ["RenderedSST2", zero("rendered-sst2")],
  ["SciMMIR", zero("scimmir")],
  ["CIFAR10Clustering", cluster("cifar10")],
  ["CIFAR100Clustering", cluster("cifar100")],
  ["ImageNet10Clustering", cluster("imagenet-10")],
  ["ImageNetDog15Clustering", cluster("imagenet-dog-15")],
  ["TinyImageNetClustering", cluster("tiny-imagenet")],
  ["CUB200I2IRetrieval", first("cub200")],
  ["FORBI2IRetrieval", first("forb")],
  ["METI2IRetrieval", first("met")],
  ["RP2kI2IRetrieval", first("rp2k")],
  ["SketchyI2IRetrieval", first("sketchy")],
  ["SOPI2IRetrieval", first("sop")],
  ["StanfordCarsI2IRetrieval", first("cars")],
  ...levels("ROxford", "roxford"),
  ...levels("RParis", "rparis"),
  ["GLDv2I2IRetrieval", retrieve("gldv2", "ndcg-at-10", "ndcg_at_10", "cv_ndcg_at_10")],
  ["NIGHTSI2IRetrieval", retrieve("nights", "ndcg-at-10", "ndcg_at_10", "cv_ndcg_at_10")],
] as const);

/** @param major of MTEB: from 2 on STL10 is of 8 images a class, and VOC2007 is of k-NN, which no measure here is */
export function mtebTask(name: string, major: number | null): MtebTask | undefined {
  if (major !== null && major >= 2) {
    if (name === "STL10") return { ...few("stl10"), setting: "few-shot-linear-8", shots: 8 };
    if (name === "VOC2007") return undefined;
  }
  return TASKS.get(name);
}

export const mtebTasks = (): readonly string[] => [...TASKS.keys()];

export const measureOf = ({ setting, dataset, metric }: MtebTask): string =>
  `${setting}/${dataset}/${metric}`;

/** The body to fingerprint. */
export const mtebProtocol = (
  name: string,
  { evaluation, shots }: MtebTask,
  { major, draws, dataset }: { major: number | null; draws?: number | undefined; dataset: object },
) => ({
  by: "mteb",
  evaluation,
  task: name,
  ...(major !== null && { major }),
  ...(shots !== undefined && { shots }),
  ...(draws !== undefined && { draws }),
  dataset,
});

/** "1.14.15" -> 1; of "1.12.85-2.18.7" null, since the two do not agree. */
export function majorOf(version: unknown): number | null {
  if (typeof version !== "string") return null;
  const all = new Set(version.split("-").flatMap((one) => /^v?(\d+)\./.exec(one)?.[1] ?? []));
  return all.size === 1 ? Number([...all][0]) : null;
}
