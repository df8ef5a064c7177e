/**
 * Statistics over columns of plain numbers: correlations, regression, ranks, the board's aggregates.
 * This room imports no other, so that the API and the site's server can load it alone.
 */

export {
  AGGREGATES,
  type Aggregate,
  type AggregateRow,
  type AggregateTable,
  aggregate,
  type Cell,
  type Column,
  type Direction,
} from "./aggregate.ts";
export { AggregatedTable, type RankedRows } from "./aggregated-table.ts";
export { type BootstrapInterval, type BootstrapOptions, bootstrapInterval } from "./bootstrap.ts";
export {
  COEFFICIENTS,
  type Coefficient,
  type CorrelateOptions,
  type Correlation,
  coefficientOf,
  correlate,
} from "./correlate.ts";
export { type Interval, isConstant, mean, quantile, standardDeviation } from "./describe.ts";
export {
  normalCdf,
  normalQuantile,
  studentTCdf,
  studentTQuantile,
  studentTTwoSided,
} from "./distributions.ts";
export { type Numbers, StatisticsError } from "./input.ts";
export { fisherInterval, kendallInterval, spearmanInterval } from "./intervals.ts";
export { kendallTauB, weightedTau } from "./kendall.ts";
export { logistic, logit, logitWithin, type Transformed } from "./logit.ts";
export { type CorrelationMatrix, correlationMatrix, type MatrixOptions } from "./matrix/matrix.ts";
export type { MatrixColumn } from "./matrix/prepared-column.ts";
export { type SymmetricEigen, symmetricEigenvalues } from "./matrix/symmetric-eigen.ts";
export { benjaminiHochberg, holm, signTest } from "./multiplicity.ts";
export { type PartialCorrelation, type PartialOptions, partialCorrelation } from "./partial.ts";
export { type Association, correlationPValue, pearson, spearman } from "./pearson.ts";
export { leaveOneOut, type Predictive } from "./predictive.ts";
export { type RankBootstrap, type RankBootstrapOptions, rankBootstrap } from "./rank-bootstrap.ts";
export { averageRanks, rankDescending } from "./ranks.ts";
export { linearRegression, type Regression } from "./regression.ts";
