import type { MethodPageQuery } from "../../../generated/graphql";
import { augmentationNames } from "../../lib/board-filter";

type Pretraining = NonNullable<MethodPageQuery["method"]["pretraining"]>;

const yesNo = (value: boolean | null | undefined) => (value == null ? "not known" : value ? "yes" : "no");

const augmentationList = (names: Pretraining["augmentations"]) =>
  names.map((name) => augmentationNames[name]).join(", ") || "none";

/** How the method was pretrained: the paper's Table 10. */
export function PretrainingDetails({ pretraining }: { pretraining: Pretraining }) {
  const facts: readonly (readonly [string, string])[] = [
    ["Data", pretraining.dataset],
    ["Weights from", pretraining.source ?? "not known"],
    ["Epochs", pretraining.epochs?.toString() ?? "not known"],
    ["Batch size", pretraining.batchSize?.toString() ?? "not known"],
    ["Target network", yesNo(pretraining.targetNet)],
    ["Momentum encoder", yesNo(pretraining.momentumEncoder)],
    ["Memory bank", yesNo(pretraining.memoryBank)],
    ["Projection head", yesNo(pretraining.projectionHead)],
    ["Augmentations", augmentationList(pretraining.augmentations)],
    ["ImageNet normalisation", yesNo(pretraining.normalize)],
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
