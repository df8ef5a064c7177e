/** The evaluations: each kind takes plain inputs and answers its values with the full record of how they came about. */
export { type Artefact, type ArtefactStore, artefactPath, artefactStore } from "./artefacts.ts";
export type { DataSource, DatasetFacts, DatasetKind, EvaluationData } from "./data.ts";
export {
  type Companion,
  companionIdentity,
  describeProtocol,
  type Evaluation,
  type Identity,
  identityOf,
  type JsonRecord,
  type MeasuredValue,
  measuredValues,
  networkName,
  type ProtocolDescription,
  type Result,
  type Value,
} from "./evaluation.ts";
export { type EpisodeSet, type FewShotRecord, fewShot } from "./few-shot/evaluate.ts";
export { canonicalJson, fingerprint } from "./fingerprint.ts";
export type {
  AnyKind,
  Cost,
  CostContext,
  EvaluationKind,
  GivenContext,
  MeasureSpec,
  RunContext,
  Spec,
} from "./kind.ts";
export {
  CALIBRATION_LINEAR,
  type CalibrationRecord,
  calibrateLinear,
} from "./many-shot-linear/calibration.ts";
export { fitLinear } from "./many-shot-linear/evaluate.ts";
export type { LinearOptions, LinearRecord } from "./many-shot-linear/record.ts";
export { networkFacts, type Planned, type Preparation, planEvaluation, RESNET_FACTS } from "./plan.ts";
export { keepPredictions, testPredictions } from "./predictions.ts";
export { duration, noProgress, type Progress, type Step, timed } from "./progress.ts";
export { EVALUATIONS } from "./registry.ts";
export { runEvaluation, type Surroundings } from "./run.ts";
export {
  kindOf,
  optionsOf,
  type Setting,
  settingNamed,
  settingNames,
  targetOfMeasure,
} from "./settings.ts";
