/** What is found in a submission when it is checked: its faults, and the ranks that it would change. */
import { builder } from "../../builder.ts";
import { ErrorInterface } from "../error-types.ts";
import { MeasureRef, SuiteRef } from "../measure/types.ts";
import type { RankChange } from "./changes.ts";
import { type Fault, InvalidSubmission } from "./faults/fault.ts";

export const FaultSeverityEnum = builder.enumType("FaultSeverity", {
  description: "How bad it is: an error stops a submission.",
  values: ["ERROR", "WARNING"] as const,
});

export const FaultType = builder.objectRef<Fault>("Fault").implement({
  description: "Something wrong, or perhaps wrong, at one place of a submission.",
  fields: (t) => ({
    code: t.exposeString("code", {
      nullable: true,
      description:
        "A stable name, such as GRAIN, where the number itself is doubted; null for faults of the form.",
    }),
    place: t.exposeString("place", { description: "A JSON pointer, or a row and column." }),
    message: t.exposeString("message", { description: "What was found." }),
    expected: t.exposeString("expected", { nullable: true, description: "What was expected." }),
    severity: t.field({
      type: FaultSeverityEnum,
      description: "Whether it stops the submission.",
      resolve: ({ severity }) => severity,
    }),
    nearest: t.stringList({ description: "Names that come near.", resolve: ({ nearest }) => [...nearest] }),
  }),
});

builder.objectType(InvalidSubmission, {
  name: "InvalidSubmission",
  description: "Every fault of a submission at once.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    faults: t.field({
      type: [FaultType],
      description: "What is wrong, and where.",
      resolve: ({ faults }) => [...faults],
    }),
  }),
});

export const RankChangeType = builder.objectRef<RankChange>("RankChange").implement({
  description: "A method's rank in a suite, without and with a submission.",
  fields: (t) => ({
    suite: t.field({ type: SuiteRef, description: "The suite.", resolve: ({ suite }) => suite }),
    method: t.exposeString("method", { description: "The method's slug." }),
    before: t.exposeInt("before", { nullable: true, description: "Null where it is not ranked." }),
    after: t.exposeInt("after", { nullable: true, description: "Null where values are still missing." }),
    missing: t.field({
      type: [MeasureRef],
      description: "Ranked measures of the suite that it would still have no value in: why `after` is null.",
      resolve: ({ missing }) => [...missing],
    }),
  }),
});
