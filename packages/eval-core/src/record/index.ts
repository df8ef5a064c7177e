/**
 * What a record of results can say beyond its numbers: whether two methods differ, which numbers cannot be, what has not
 * been measured, why a number is another than the record's, whether a claim still holds. Statistics alone: it reads no
 * database and runs no network.
 */
export {
  assertionOf,
  type Claim,
  ClaimError,
  parseClaim,
  type Question,
  type Statement,
  type Variable,
} from "./claims/grammar.ts";
export { type Answer, type Assertion, type ClaimState, claimState } from "./claims/state.ts";
export { type Effect, type Experiment, type Explanation, explain, type Measured } from "./explain.ts";
export {
  type ForecastAnswer,
  type ForecastTask,
  fitForecast,
  type Quality,
  type QualityModel,
} from "./forecast/fit.ts";
export { backInUnit, type Forecast, type ForecastValue, forecastTable } from "./forecast/forecast.ts";
export { errorsOf, type ForecastErrors, kappaOf, type LeftOut, leaveOut } from "./forecast/quality.ts";
export {
  type Bounds,
  fromForecastScale,
  type Matrix,
  matrixOf,
  toForecastScale,
} from "./forecast/scale.ts";
export { type Lesson, type Teaching, teaching } from "./forecast/teaching.ts";
export { checkPlausibility, type Offer } from "./plausibility/check.ts";
export { factsOf, type KnownFacts, PUBLISHED_FACTS } from "./plausibility/facts.ts";
export {
  PLAUSIBILITY_CODES,
  type PlausibilityCode,
  type PlausibilityFinding,
} from "./plausibility/finding.ts";
export { type Facts, halfUnit, type OfferedValue } from "./plausibility/input.ts";
export { fitOf, PlausibilityLedger } from "./plausibility/ledger.ts";
export {
  type DatasetFacts,
  type LedgerRow,
  ledgerTableOf,
  type MeasureBounds,
} from "./plausibility/ledger-table.ts";
export {
  findingKey,
  type LedgerFinding,
  type LedgerMethod,
  type LedgerTable,
  ledgerFindings,
} from "./plausibility/over-ledger.ts";
export {
  type OfferedMethod,
  type OfferedTable,
  type TableFinding,
  tableFindings,
} from "./plausibility/over-table.ts";
export * from "./predictions/index.ts";
export { type McNemar, mcnemar, RightImages } from "./significance/mcnemar.ts";
export * from "./significance/paired.ts";
export {
  type RankIntervals,
  type RankNoise,
  type RankTable,
  rankIntervals,
} from "./significance/rank-intervals.ts";
export {
  type PercentileInterval,
  type PermutationTest,
  percentileInterval,
  permutationTest,
  permute,
  type Resampling,
  resample,
} from "./significance/resample.ts";
export { resolution } from "./significance/resolution.ts";
export { type SuiteTest, suiteTest } from "./significance/suite.ts";
export { groupLetter, type TieGroups, tieGroups } from "./significance/tie-groups.ts";
