/** What makes two robustness values comparable: the source probe's protocol, and what the test sets are. */
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Spec } from "../kind.ts";
import { dinov3Description } from "../linear-dinov3/protocol.ts";
import type { RobustnessData } from "./data.ts";
import type { RobustnessOptions } from "./options.ts";

export function robustnessDescription(spec: Spec<RobustnessOptions, RobustnessData>): ProtocolDescription {
  const { data, options } = spec;
  const probe = dinov3Description({ ...spec, options: { mode: "converged" } });
  const body = {
    evaluation: "robustness",
    version: 1,
    probe: probe.fingerprint,
    probeProtocol: probe.body,
    fit: "once on the source, chosen on its validation; nothing is chosen on a test set",
    labels: "the largest logit among the classes of the test set",
    answers: "any of the right answers",
    tests: data.tests.map((set) => ({
      name: set.name,
      layout: set.layout,
      mapping: fingerprint([...set.mapping]),
    })),
    drop: "accuracy on the source's test split - accuracy, points",
    reference: options.reference?.sha256 ?? null,
  };
  return describeProtocol(spec.setting, "Robustness of one ImageNet probe", body);
}
