/** Methods grouped by what is stated of them, with what each group reaches in a variable. */
import { mean, quantile } from "@transferboard/eval-core/stats";
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import { AUGMENTATIONS, type Augmentation, type Method } from "../catalogue/entities.ts";
import { AugmentationEnum } from "../catalogue/enums.ts";
import { openSource } from "../ledger/source.ts";
import { methodTest } from "../method/filter.ts";
import { MethodRef } from "../method/types.ts";
import { correlationArgs, PretrainingCovariateEnum, VariableInputType } from "./arguments.ts";
import { COVARIATES, type CovariateName } from "./covariate.ts";
import { chooseVariable, type Options, type VariableInput } from "./service.ts";
import { VariableType } from "./types.ts";
import { makeVariable, readNumbers, type Variable } from "./variable.ts";

interface GroupBy {
  readonly family?: boolean | null | undefined;
  readonly pretraining?: CovariateName | null | undefined;
  readonly augmentation?: Augmentation | null | undefined;
}

interface Group {
  readonly key: string;
  readonly methods: readonly Method[];
  readonly values: readonly number[];
}

interface GroupsAnswer {
  readonly of: Variable;
  readonly by: string;
  readonly groups: readonly Group[];
  readonly position: string;
}

const notStated = "not stated";

function keyOf(by: GroupBy): { readonly name: string; readonly of: (method: Method) => string } {
  if (by.augmentation != null) {
    const name = by.augmentation;
    return {
      name,
      of: ({ pretraining }) => {
        const used = pretraining?.[AUGMENTATIONS[name]] ?? null;
        return used === null ? notStated : used ? "yes" : "no";
      },
    };
  }
  if (by.pretraining != null) {
    const covariate = COVARIATES[by.pretraining];
    return {
      name: by.pretraining,
      of: (method) => {
        const value = covariate.read(method);
        if (value === null) return notStated;
        return covariate.unit === "yes or no" ? (value === 1 ? "yes" : "no") : String(value);
      },
    };
  }
  if (by.family !== true) throw new BadInput("'by' names family: true, a covariate or an augmentation.");
  return { name: "FAMILY", of: ({ family }) => family };
}

/** Numbers in their order; what is not stated last. */
function inOrder(a: Group, b: Group): number {
  if (a.key === notStated || b.key === notStated)
    return Number(a.key === notStated) - Number(b.key === notStated);
  return Number(a.key) - Number(b.key) || a.key.localeCompare(b.key);
}

async function answerGroups(
  by: GroupBy,
  input: VariableInput,
  { transform, orient, filter, asOf }: Options,
  context: Context,
): Promise<GroupsAnswer> {
  const snapshot = await context.snapshot();
  const { catalogue, position } = snapshot;
  const of = makeVariable(chooseVariable(input, snapshot, filter), transform, orient);
  const { columns } = await openSource(context.ledger, snapshot, { measures: of.measures, filter, asOf });
  const methods = catalogue.methodsByName.filter(methodTest(filter, catalogue));
  const numbers =
    of.unit === "mixed"
      ? new Float64Array(methods.length).fill(Number.NaN)
      : readNumbers(of, methods, columns);
  const { name, of: key } = keyOf(by);
  const known = [...methods.entries()].filter(([i]) => !Number.isNaN(numbers[i]!));
  const groups = [...Map.groupBy(known, ([, method]) => key(method))].map(
    ([title, members]): Group => ({
      key: title,
      methods: members.map(([, method]) => method),
      values: members.map(([i]) => numbers[i]!),
    }),
  );
  return { of, by: name, groups: groups.sort(inOrder), position };
}

const GroupType = builder.objectRef<Group>("MethodGroup").implement({
  description: "Methods of which the same is stated, and what they reach.",
  fields: (t) => ({
    key: t.exposeString("key", {
      description: "What they share: a family, a number, yes, no, or 'not stated'.",
    }),
    n: t.int({ description: "How many methods.", resolve: ({ values }) => values.length }),
    mean: t.float({ description: "Of their values.", resolve: ({ values }) => mean(values) }),
    median: t.float({ description: "Of their values.", resolve: ({ values }) => quantile(values, 0.5) }),
    min: t.float({ description: "The least.", resolve: ({ values }) => Math.min(...values) }),
    max: t.float({ description: "The greatest.", resolve: ({ values }) => Math.max(...values) }),
    methods: t.field({
      type: [MethodRef],
      description: "Which methods, by name.",
      resolve: ({ methods }) => [...methods],
    }),
  }),
});

const GroupsType = builder.objectRef<GroupsAnswer>("MethodGroups").implement({
  description: "Methods grouped by what is stated of them.",
  fields: (t) => ({
    by: t.exposeString("by", { description: "What they are grouped by." }),
    of: t.field({ type: VariableType, description: "What is averaged.", resolve: ({ of }) => of }),
    groups: t.field({
      type: [GroupType],
      description: "In order of what they share, 'not stated' last.",
      resolve: ({ groups }) => [...groups],
    }),
    position: t.exposeString("position", {
      description: "The ledger's position that this answer was derived from.",
    }),
  }),
});

const GroupByInput = builder.inputType("GroupBy", {
  description: "What to group methods by.",
  isOneOf: true,
  fields: (t) => ({
    family: t.boolean({ description: "true: by family." }),
    pretraining: t.field({ type: PretrainingCovariateEnum, description: "By how they were pretrained." }),
    augmentation: t.field({ type: AugmentationEnum, description: "By whether it was used." }),
  }),
});

const { coefficient: _, ...groupArgs } = correlationArgs;

builder.queryField("methodGroups", (t) =>
  t.field({
    type: GroupsType,
    description: "What methods reach in a variable, grouped by what is stated of them.",
    args: {
      by: t.arg({ type: GroupByInput, required: true, description: "What to group by." }),
      of: t.arg({ type: VariableInputType, required: true, description: "What to average." }),
      ...groupArgs,
    },
    complexity: { field: 50, multiplier: 1 },
    resolve: (_root, { by, of, ...options }, context) =>
      answerGroups(by, of, { ...options, coefficient: "PEARSON" }, context),
  }),
);
