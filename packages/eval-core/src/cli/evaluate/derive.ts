/** What follows from several targets' values, such as the mean calibration error over the paper's datasets. */
import type { DerivePart } from "../../evaluations/kind.ts";
import { networkFacts } from "../../evaluations/plan.ts";
import type { Derived } from "./recorder.ts";
import { valuesOf } from "./report.ts";
import type { EvaluateRequest } from "./request.ts";
import type { Outcome } from "./run.ts";

/** One a derivation that has all its parts, for each readout by itself. */
export function deriveFrom(request: EvaluateRequest, outcomes: readonly Outcome[]): Derived[] {
  const readouts = new Set(outcomes.map(({ target }) => target.readout));
  return [...readouts].flatMap((readout) =>
    deriveOf(
      request,
      readout,
      outcomes.filter(({ target }) => target.readout === readout),
    ),
  );
}

function deriveOf(request: EvaluateRequest, readout: string, outcomes: readonly Outcome[]): Derived[] {
  const network = networkFacts(request.checkpoint, readout);
  const { checkpoint, method, seed, requestedById, preprocessing, allowPartial } = request;
  const settings = new Map(outcomes.map(({ target }) => [target.setting.name, target.setting]));
  return [...settings.values()].flatMap(({ kind, name, options }) =>
    (kind.derivations ?? [])
      .filter(({ setting }) => setting === name)
      .flatMap((derivation) => {
        const parts = derivation.datasets.flatMap((dataset) => partsOf(outcomes, name, dataset));
        if (parts.length < derivation.datasets.length) return [];
        const found = derivation.derive(parts, { options, network, preprocessing, allowPartial });
        // A derivation of what is recorded: no device had a part in it.
        return found ? [{ checkpoint, method, seed, requestedById, device: "none", ...found }] : [];
      }),
  );
}

function partsOf(outcomes: readonly Outcome[], setting: string, dataset: string): DerivePart[] {
  const outcome = outcomes.find(
    ({ target }) => target.setting.name === setting && target.dataset === dataset,
  );
  if (outcome?.state !== "done" && outcome?.state !== "recorded") return [];
  const { identity, manifest } = outcome;
  const values = new Map(valuesOf(outcome).map(({ measure, value }) => [measure, value]));
  return [{ dataset, identity, manifest, values }];
}
