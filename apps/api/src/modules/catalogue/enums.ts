/** The enums that several modules' types use. */
import { builder } from "../../builder.ts";
import {
  type AGGREGATES,
  AUGMENTATIONS,
  type Augmentation,
  DIRECTIONS,
  FAMILIES,
  type PROVENANCES,
} from "./entities.ts";

export const FamilyEnum = builder.enumType("Family", {
  description:
    "How a method learns. CONTROL marks rows that are there to be compared with, such as an untrained network.",
  values: FAMILIES,
});

export const DirectionEnum = builder.enumType("Direction", {
  description: "Which values are better.",
  values: DIRECTIONS,
});

export const AggregateEnum = builder.enumType("Aggregate", {
  description: "How one number is made of a method's values in a suite's ranked measures.",
  values: {
    MEAN: { description: "The arithmetic mean of the values, in the metrics' unit." },
    MEAN_LOGIT: {
      description:
        "The mean of the logits of metrics bounded in 0 to 1, lower-is-better negated; others enter as they are.",
    },
    MEAN_RANK: {
      description: "The mean of the ranks in each measure, ties sharing theirs; lower is better.",
    },
    BORDA: {
      description: "How many methods are beaten, over all measures, a tie counting a half; higher is better.",
    },
  } satisfies Record<(typeof AGGREGATES)[number], { description: string }>,
});

export const ProvenanceEnum = builder.enumType("Provenance", {
  description: "How a number came to be.",
  values: {
    PUBLISHED: { description: "Printed in a paper." },
    SELF_REPORTED: { description: "Sent in by somebody and accepted by a reviewer." },
    REPRODUCED: { description: "Measured by a run of this project's own evaluation." },
  } satisfies Record<(typeof PROVENANCES)[number], { description: string }>,
});

export const AugmentationEnum = builder.enumType("Augmentation", {
  description: "What was done to the images while pretraining.",
  values: Object.keys(AUGMENTATIONS) as [Augmentation, ...Augmentation[]],
});

export const OrderDirectionEnum = builder.enumType("OrderDirection", {
  description: "Smallest first, or largest first.",
  values: ["ASC", "DESC"] as const,
});
