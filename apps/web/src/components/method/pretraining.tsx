import type { MethodPageQuery } from "../../../generated/graphql";
import { augmentationNames } from "../../lib/board-filter";

type Pretraining = NonNullable<MethodPageQuery["method"]["pretraining"]>;

const notStated = "not stated";

const yesNo = (value: boolean | null | undefined) => (value == null ? notStated : value ? "yes" : "no");

const augmentationList = (names: Pretraining["augmentations"]) =>
  names ? names.map((name) => augmentationNames[name]).join(", ") || "none" : notStated;

/** How the method was pretrained: the paper's Table 10. */
export function PretrainingDetails({ pretraining }: { pretraining: Pretraining }) {
  const facts: readonly (readonly [string, string])[] = [
    ["Data", pretraining.dataset ?? notStated],
    ["Weights from", pretraining.source ?? notStated],
    ["Epochs", pretraining.epochs?.toString() ?? notStated],
    ["Batch size", pretraining.batchSize?.toString() ?? notStated],
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
