/** What can be correlated: suites, measures, and how methods were pretrained, by the API's names. */
import type {
  Augmentation,
  CovariateInput,
  PretrainingCovariate,
  VariableInput,
} from "../../../generated/graphql";
import { augmentationNames } from "../../lib/board-filter";
import { allMeasures, allSuites } from "../../lib/catalogue";

export interface VariableGroup {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly title: string }[];
}

const augmentations = Object.fromEntries(
  Object.entries(augmentationNames).map(([name, title]) => [name, title[0]!.toUpperCase() + title.slice(1)]),
) as Record<Augmentation, string>;

const covariates: Readonly<Record<PretrainingCovariate, string>> = {
  EPOCHS: "Pretraining epochs",
  BATCH_SIZE: "Pretraining batch size",
  YEAR: "Year of the paper",
  AUGMENTATIONS: "Number of augmentations",
  TARGET_NET: "Target network",
  MOMENTUM_ENCODER: "Momentum encoder",
  MEMORY_BANK: "Memory bank",
  PROJECTION_HEAD: "Projection head",
  ...augmentations,
};

const isCovariate = (name: string): name is PretrainingCovariate => Object.hasOwn(covariates, name);

const pretraining: VariableGroup = {
  label: "How methods were pretrained",
  options: Object.entries(covariates).map(([value, title]) => ({ value, title })),
};

/** A measure's slug has slashes, a covariate's name is in capitals; the rest are suites. */
export function variableInput(name: string): VariableInput & CovariateInput {
  if (isCovariate(name)) return { pretraining: name };
  return name.includes("/") ? { measure: name } : { suite: name };
}

/** All variables that there are, as a form offers them. */
export async function variableGroups(): Promise<VariableGroup[]> {
  const [suites, measures] = await Promise.all([allSuites(), allMeasures()]);
  const asOption = ({ slug, title }: { slug: string; title: string }) => ({ value: slug, title });
  return [
    { label: "Averages over a suite", options: suites.map(asOption) },
    pretraining,
    ...[...Map.groupBy(measures, ({ setting }) => setting.title)].map(([label, options]) => ({
      label,
      options: options.map(asOption),
    })),
  ];
}
