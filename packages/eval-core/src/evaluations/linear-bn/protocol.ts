/** What makes two results of the batch-norm probe comparable: standardised to the optimum, or MAE's LARS steps. */
import { type Dataset, trainingSplits } from "../../datasets/index.ts";
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import { probeOrigin, requireOneLabel, TIES } from "../probes/protocol.ts";

export const LARS_SCHEDULE = { epochs: 90, warmupEpochs: 10, baseRate: 0.1, largestBatch: 16_384 } as const;

export function standardisedDescription(spec: Spec<object, Dataset>): ProtocolDescription {
  requireOneLabel(spec.data, "linear-bn");
  const { metric } = spec.data;
  const body = {
    evaluation: "linear-bn",
    version: 1,
    metric: "accuracy",
    features: "standardised",
    standardisation: {
      epsilon: 1e-6,
      variance: "biased",
      rows: "those that are fitted: train in the sweep, train + validation in the refit",
    },
    weightDecays: { from: 1e-6, to: 1e5, count: 45, scale: "log" },
    selection: `best validation ${metric}, the first of equals in ascending weight decay`,
    validation: trainingSplits(spec.data).validationRule,
    refit: "train + validation",
    classifier: "logistic regression, L2, intercept not penalised; two classes: one logit",
    solver: { criterion: "every component of the gradient of the sum below 1e-8 max(1, rows / 1000)" },
    ties: { ...TIES },
    readout: spec.network.features,
    ...withoutFeatures(spec),
  };
  return describeProtocol("linear-bn", "Batch norm and linear, standardised", body);
}

export function larsDescription(spec: Spec<object, Dataset>): ProtocolDescription {
  requireOneLabel(spec.data, "linear-bn-lars");
  const body = {
    evaluation: "linear-bn-lars",
    version: 1,
    metric: "accuracy",
    rows: "train and published validation together",
    batchNorm: { epsilon: 1e-6, momentum: 0.1, affine: false },
    optimiser: { name: "LARS", momentum: 0.9, trust: 0.001, weightDecay: 0, bias: "not scaled" },
    schedule: {
      epochs: LARS_SCHEDULE.epochs,
      warmupEpochs: LARS_SCHEDULE.warmupEpochs,
      rate: "0.1 batch / 256, half a cosine, set each step",
    },
    batch: "min(16384, floor(rows / 4)), an incomplete one dropped",
    order: "NumPy's legacy generator of the run's seed, a permutation an epoch",
    initial: "weights of deviation 0.01 from the run's seed, biases 0",
    augmentation: "none: features of the evaluation's own preprocessing",
    value: "after the last epoch, by running statistics",
    readout: spec.network.features,
    ...withoutFeatures(spec),
  };
  return describeProtocol("linear-bn-lars", "Batch norm and linear, LARS on cached features", body);
}

/** `features` says here what is done to them; what they are is `readout`. */
function withoutFeatures(spec: Spec<object, Dataset>): Record<string, unknown> {
  const { features: _, ...rest } = probeOrigin(spec);
  return rest;
}
