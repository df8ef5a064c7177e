/** What can be correlated beside measures and suites: how methods were pretrained, by the API's names. */
import type { PretrainingCovariate } from "../../../generated/graphql";

export interface VariableGroup {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly title: string }[];
}

const covariates: Readonly<Record<PretrainingCovariate, string>> = {
  EPOCHS: "Pretraining epochs",
  BATCH_SIZE: "Pretraining batch size",
  YEAR: "Year of the paper",
  AUGMENTATIONS: "Number of augmentations",
  TARGET_NET: "Target network",
  MOMENTUM_ENCODER: "Momentum encoder",
  MEMORY_BANK: "Memory bank",
  PROJECTION_HEAD: "Projection head",
};

export const isCovariate = (name: string): name is PretrainingCovariate => Object.hasOwn(covariates, name);

export const pretraining: VariableGroup = {
  label: "How methods were pretrained",
  options: Object.entries(covariates).map(([value, title]) => ({ value, title })),
};
