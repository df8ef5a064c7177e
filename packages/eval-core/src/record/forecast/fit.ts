/** The model of all results with how good it is, as a thread computes it: seconds to minutes. */
import { type Forecast, forecastTable } from "./forecast.ts";
import { columnMean, lineOn } from "./guesses.ts";
import { errorsOf, type ForecastErrors, kappaOf, type LeftOut, leaveOut, leaveOutBy } from "./quality.ts";
import { type Bounds, type Matrix, toForecastScale } from "./scale.ts";

/** Values in the metrics' units, [method, measure]; NaN where there is none. */
export interface ForecastTask {
  readonly table: Matrix;
  readonly bounds: readonly Bounds[];
  /** The column of ImageNet accuracy, to compare with; null where there is none. */
  readonly imagenet: number | null;
}

export type QualityModel = "LOW_RANK" | "COLUMN_MEAN" | "IMAGENET_ALONE";

export interface Quality extends ForecastErrors {
  readonly model: QualityModel;
}

export interface ForecastAnswer {
  readonly forecast: Forecast;
  /** What intervals are widened by, from left-out cells. */
  readonly kappa: number;
  /** Empty where no cell can be left out. */
  readonly quality: readonly Quality[];
}

export function fitForecast({ table, bounds, imagenet }: ForecastTask): ForecastAnswer {
  const data = table.data.map((value, cell) => toForecastScale(value, bounds[cell % table.columns]!));
  const scaled = { ...table, data };
  const forecast = forecastTable(scaled);
  const { deviations } = forecast.standard;
  const qualityOf = (model: QualityModel, cells: readonly LeftOut[]): Quality[] => {
    const forecastable = cells.filter(({ column }) => !Number.isNaN(deviations[column]!));
    return forecastable.length === 0 ? [] : [{ model, ...errorsOf(forecastable, table, bounds, deviations) }];
  };
  const cells = [...leaveOut(scaled, bounds)];
  return {
    forecast,
    kappa: kappaOf(cells, bounds),
    quality: [
      ...qualityOf("LOW_RANK", cells),
      ...qualityOf("COLUMN_MEAN", [...leaveOutBy(columnMean, scaled, bounds)]),
      ...(imagenet === null
        ? []
        : qualityOf("IMAGENET_ALONE", [...leaveOutBy(lineOn(imagenet), scaled, bounds)])),
    ],
  };
}
