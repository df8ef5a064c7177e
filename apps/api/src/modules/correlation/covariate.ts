/** How methods were pretrained, as numbers that can be correlated: yes is 1, no is 0, not stated is no number. */
import { AUGMENTATIONS, type Augmentation, type Method, type Pretraining } from "../catalogue/entities.ts";

export interface Covariate {
  readonly title: string;
  readonly unit: string;
  /** Null where nobody stated it. */
  readonly read: (method: Method) => number | null;
}

const yesNo = (title: string, read: (pretraining: Pretraining) => boolean | null): Covariate => ({
  title,
  unit: "yes or no",
  read: ({ pretraining }) => {
    const answer = pretraining ? read(pretraining) : null;
    return answer === null ? null : Number(answer);
  },
});

/** A method of which no augmentation is stated has no number of them. */
function countAugmentations({ pretraining }: Method): number | null {
  if (!pretraining) return null;
  const stated = (Object.keys(AUGMENTATIONS) as Augmentation[]).map(
    (name) => pretraining[AUGMENTATIONS[name]],
  );
  if (stated.every((one) => one === null)) return null;
  return stated.filter((one) => one === true).length;
}

/** Each augmentation by itself: what a method was trained to ignore, beside how invariant it came out. */
const TITLES: Readonly<Record<Augmentation, string>> = {
  JIGSAW: "Jigsaw",
  GRAYSCALE: "Grayscale",
  COLOUR_JITTER: "Colour jitter",
  PCA_COLOUR: "PCA colour",
  SOLARIZE: "Solarize",
  BLUR: "Blur",
  RANDOM_CROP: "Random crop",
  MULTI_CROP: "Multi-crop",
  HORIZONTAL_FLIP: "Horizontal flip",
};

const augmentations = Object.fromEntries(
  Object.entries(TITLES).map(([name, title]) => [
    name,
    yesNo(title, (pretraining) => pretraining[AUGMENTATIONS[name as Augmentation]]),
  ]),
) as Record<Augmentation, Covariate>;

export const COVARIATES = {
  EPOCHS: {
    title: "Pretraining epochs",
    unit: "epochs",
    read: ({ pretraining }) => pretraining?.epochs ?? null,
  },
  BATCH_SIZE: {
    title: "Pretraining batch size",
    unit: "images",
    read: ({ pretraining }) => pretraining?.batchSize ?? null,
  },
  YEAR: { title: "Year of the paper", unit: "year", read: ({ year }) => year },
  AUGMENTATIONS: { title: "Number of augmentations", unit: "augmentations", read: countAugmentations },
  TARGET_NET: yesNo("Target network", ({ targetNet }) => targetNet),
  MOMENTUM_ENCODER: yesNo("Momentum encoder", ({ momentumEncoder }) => momentumEncoder),
  MEMORY_BANK: yesNo("Memory bank", ({ memoryBank }) => memoryBank),
  PROJECTION_HEAD: yesNo("Projection head", ({ projectionHead }) => projectionHead),
  ...augmentations,
} as const satisfies Record<string, Covariate>;

export type CovariateName = keyof typeof COVARIATES;

export const COVARIATE_NAMES = Object.keys(COVARIATES) as [CovariateName, ...CovariateName[]];
