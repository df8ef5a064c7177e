/**
 * The paper's calibration error of a method: the mean over the many-shot datasets with one label an image. It
 * follows from those datasets' runs, so it is there when, and only when, all of them are.
 */
import { datasetNamed, partsOf, suiteNamed } from "@transferboard/vocabulary";
import { describeProtocol, type JsonRecord } from "../evaluation.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Derivation } from "../kind.ts";
import { CALIBRATION_LINEAR } from "./calibration-protocol.ts";

const METRICS = ["ece", "ece-scaled"] as const;

interface CalibrationMean<O> {
  /** "calibration-linear" */
  readonly setting: string;
  /** Whose classifiers are calibrated: "many-shot-linear". */
  readonly of: string;
  readonly title: string;
  /** As the protocol names the classifiers. */
  readonly classifier: (options: O) => unknown;
}

export function calibrationMean<O>({ setting, of, title, classifier }: CalibrationMean<O>): Derivation<O> {
  const { title: mean = "", domain = "" } = datasetNamed("kornblith") ?? {};
  const datasets = suiteNamed("many-shot-linear")!.measures.flatMap(({ slug }) => {
    const { dataset } = partsOf(slug);
    return datasetNamed(dataset)?.recognition?.task === "multi-class" ? [dataset] : [];
  });
  const { metric, bins, scaling } = CALIBRATION_LINEAR;
  return {
    measures: METRICS.map((name) => `${setting}/kornblith/${name}`),
    setting: of,
    datasets,
    derive(parts, { options, network, preprocessing, allowPartial }) {
      const whole = parts.flatMap(({ dataset: name, identity, manifest, values }) => {
        const errors = METRICS.map((one) => values.get(`${setting}/${name}/${one}`));
        return errors.includes(undefined) ? [] : [{ name, errors: errors as number[], identity, manifest }];
      });
      if (whole.length < datasets.length) return undefined;
      const body: JsonRecord = {
        evaluation: setting,
        version: 1,
        classifier: classifier(options),
        metric,
        bins,
        scaling,
        datasets,
        reported: "mean over datasets",
        preprocessing: { ...preprocessing },
        ...(network.readout === undefined ? {} : { readout: network.readout }),
        ...(allowPartial ? { partial: "allowed" } : {}),
      };
      return {
        dataset: {
          slug: "kornblith",
          title: mean,
          domain,
          classCount: null,
          manifest: fingerprint(whole.map(({ name, manifest }) => ({ name, manifest }))),
        },
        protocol: describeProtocol(setting, title, body),
        values: METRICS.map((name, i) => ({
          measure: `${setting}/kornblith/${name}`,
          value: whole.reduce((sum, { errors }) => sum + errors[i]!, 0) / whole.length,
          interval: null,
          n: null,
        })),
        record: { of: whole.map(({ name, identity, errors }) => ({ name, identity, errors })) },
      };
    },
  };
}
