/** The evaluations: each takes plain inputs and returns its values with the full record of how they came about. */

export { type Planned, type Preparation, planEvaluation, type RunHooks, runEvaluation } from "./evaluate.ts";
export {
  type Evaluation,
  type Identity,
  identityOf,
  type MeasuredValue,
  type ProtocolDescription,
} from "./evaluation.ts";
export { type EpisodeSet, type FewShotRecord, fewShot } from "./few-shot/evaluate.ts";
export { canonicalJson, fingerprint } from "./fingerprint.ts";
export {
  CALIBRATION_LINEAR,
  type CalibrationRecord,
  calibrateLinear,
} from "./many-shot-linear/calibration.ts";
export { fitLinear } from "./many-shot-linear/evaluate.ts";
export type { LinearOptions, LinearRecord } from "./many-shot-linear/record.ts";
export { SETTING_NAMES, type Setting, settingNamed } from "./settings.ts";
