/** A cell of a board or of a comparison: a value with how it came to be. */
import { builder } from "../../builder.ts";
import { globalId } from "../../global-id.ts";
import type { Measure } from "../catalogue/entities.ts";
import { ProvenanceEnum } from "../catalogue/enums.ts";
import type { CellValue } from "../ledger/cells.ts";
import { compareToClaim, type REPRODUCTION_STATES } from "../ledger/reproduction.ts";
import { IntervalType, intervalOf } from "../measure/interval.ts";
import { MeasureRef } from "../measure/types.ts";
import { ProtocolRef } from "../protocol/types.ts";
import type { BoardColumn } from "./column.ts";

export interface CellShape {
  readonly cell: CellValue | null;
  readonly column: Pick<BoardColumn, "measure" | "best" | "secondBest" | "comparesAll" | "withFingerprints">;
}

interface ReproductionShape {
  readonly claim: NonNullable<CellValue["claim"]>;
  readonly reproduction: NonNullable<CellValue["reproduction"]>;
  readonly measure: Measure;
}

const ReproductionStateEnum = builder.enumType("ReproductionState", {
  description: "What a reproduction says of a claim.",
  values: {
    AGREES: { description: "The intervals overlap; where neither has one, both show the same digits." },
    DIFFERS: { description: "They do not." },
    OTHER_PROTOCOL: { description: "The two have different protocols, so no agreement is to be expected." },
  } satisfies Record<(typeof REPRODUCTION_STATES)[number], { description: string }>,
});

const ReproductionType = builder.objectRef<ReproductionShape>("Reproduction").implement({
  description: "A claimed value beside the one that our own run measured.",
  fields: (t) => ({
    claimed: t.float({ description: "The claim.", resolve: ({ claim }) => claim.value }),
    claimedProvenance: t.field({
      type: ProvenanceEnum,
      description: "Whose claim it is.",
      resolve: ({ claim }) => claim.provenance,
    }),
    reproduced: t.float({
      description: "What the run measured.",
      resolve: ({ reproduction }) => reproduction.value,
    }),
    interval: t.field({
      type: IntervalType,
      nullable: true,
      description: "The interval of what was measured.",
      resolve: ({ reproduction }) => intervalOf(reproduction.lower, reproduction.upper),
    }),
    difference: t.float({
      description: "Reproduced minus claimed.",
      resolve: ({ claim, reproduction }) => reproduction.value - claim.value,
    }),
    state: t.field({
      type: ReproductionStateEnum,
      description: "Whether they agree.",
      resolve: ({ claim, reproduction, measure }) => compareToClaim(claim, reproduction, measure.metric),
    }),
    runId: t.id({
      nullable: true,
      description: "The run.",
      resolve: ({ reproduction }) => reproduction.runId && globalId("Run", reproduction.runId),
    }),
    fingerprint: t.string({
      nullable: true,
      description: "The run's protocol.",
      resolve: ({ reproduction }) => reproduction.fingerprint,
    }),
  }),
});

export const CellType = builder.objectRef<CellShape>("Cell").implement({
  description:
    "A method's value in a column. Of several, a reproduced one comes first, then a published one, then a self-reported one.",
  fields: (t) => ({
    measure: t.field({
      type: MeasureRef,
      description: "The column.",
      resolve: ({ column }) => column.measure,
    }),
    value: t.float({
      nullable: true,
      description: "Null where there is none: missing is not zero.",
      resolve: ({ cell }) => cell?.entry.value ?? null,
    }),
    interval: t.field({
      type: IntervalType,
      nullable: true,
      description: "95%, where known.",
      resolve: ({ cell }) => cell && intervalOf(cell.entry.lower, cell.entry.upper),
    }),
    sampleSize: t.int({
      nullable: true,
      description: "How many images or episodes the value is of, where known.",
      resolve: ({ cell }) => cell?.entry.sampleSize ?? null,
    }),
    provenance: t.field({
      type: ProvenanceEnum,
      nullable: true,
      description: "How the value came to be.",
      resolve: ({ cell }) => cell?.entry.provenance ?? null,
    }),
    source: t.string({
      nullable: true,
      description: "Where it comes from: a table of the paper, an address, a run.",
      resolve: ({ cell }) => cell?.entry.source ?? null,
    }),
    protocol: t.field({
      type: ProtocolRef,
      nullable: true,
      description: "What makes it comparable, where known.",
      resolve: ({ cell }) => cell?.entry.fingerprint ?? null,
    }),
    fingerprint: t.string({
      nullable: true,
      description: "The protocol's fingerprint, at no cost.",
      resolve: ({ cell }) => cell?.entry.fingerprint ?? null,
    }),
    differentProtocol: t.boolean({
      description: "Whether its protocol is not the one that most cells of the column have.",
      resolve: ({ cell, column }) =>
        cell !== null &&
        column.withFingerprints(([usual]) => usual !== undefined && cell.entry.fingerprint !== usual),
    }),
    resultId: t.id({
      nullable: true,
      description: "The global id of the ledger's entry.",
      resolve: ({ cell }) => cell && globalId("Result", cell.entry.id),
    }),
    runId: t.id({
      nullable: true,
      description: "The global id of the run that measured it.",
      resolve: ({ cell }) => (cell?.entry.runId ? globalId("Run", cell.entry.runId) : null),
    }),
    supersedes: t.float({
      nullable: true,
      description: "The value that this one corrected.",
      resolve: ({ cell }) => cell?.entry.supersedes ?? null,
    }),
    reproduction: t.field({
      type: ReproductionType,
      nullable: true,
      description: "What a run of our own measured beside a published or self-reported value.",
      resolve: ({ cell, column }) =>
        cell?.claim && cell.reproduction
          ? { claim: cell.claim, reproduction: cell.reproduction, measure: column.measure }
          : null,
    }),
    place: t.int({
      nullable: true,
      description:
        "1 for the best of the column, 2 for the second best, ties included; of a board of COMPARABLE values only those.",
      resolve: ({ cell, column }) => {
        if (!cell) return null;
        const { value, fingerprint } = cell.entry;
        const place = value === column.best ? 1 : value === column.secondBest ? 2 : null;
        if (place === null || column.comparesAll) return place;
        return column.withFingerprints(([usual]) =>
          usual === undefined || fingerprint === usual ? place : null,
        );
      },
    }),
  }),
});
