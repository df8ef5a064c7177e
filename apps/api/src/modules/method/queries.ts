/** Reading methods. */
import { builder } from "../../builder.ts";
import { pageArgs, pageCost, pageOfList } from "../../page.ts";
import type { Method } from "../catalogue/entities.ts";
import { OrderDirectionEnum } from "../catalogue/enums.ts";
import { compareNames } from "../catalogue/order.ts";
import { methodTest } from "./filter.ts";
import { MethodFilterInput } from "./inputs.ts";
import { MethodRef } from "./types.ts";

const MethodOrderInput = builder.inputType("MethodOrder", {
  description: "How to order methods; what is not known comes last.",
  fields: (t) => ({
    field: t.field({
      type: builder.enumType("MethodOrderField", {
        description: "What to order methods by.",
        values: ["NAME", "YEAR", "CREATED_AT"] as const,
      }),
      required: true,
      description: "By what.",
    }),
    direction: t.field({
      type: OrderDirectionEnum,
      required: true,
      defaultValue: "ASC",
      description: "Smallest or largest first.",
    }),
  }),
});

const MethodConnection = builder.connectionObject({
  type: MethodRef,
  name: "MethodConnection",
  description: "A page of methods.",
});

const KEYS = {
  NAME: () => null,
  YEAR: (method: Method) => method.year,
  CREATED_AT: (method: Method) => method.createdAt.getTime(),
} as const;

function comparison(field: keyof typeof KEYS, direction: "ASC" | "DESC"): (a: Method, b: Method) => number {
  const sign = direction === "ASC" ? 1 : -1;
  if (field === "NAME") return (a, b) => sign * compareNames(a, b);
  const key = KEYS[field];
  return (a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === right) return compareNames(a, b);
    if (left === null) return 1;
    if (right === null) return -1;
    return sign * (left - right);
  };
}

builder.queryFields((t) => ({
  methods: t.field({
    type: MethodConnection,
    description: "All methods, by name unless told otherwise.",
    args: {
      filter: t.arg({ type: MethodFilterInput, description: "Which to keep." }),
      orderBy: t.arg({ type: MethodOrderInput, description: "In which order." }),
      ...pageArgs,
    },
    complexity: pageCost,
    resolve: async (_, { filter, orderBy, ...page }, context) => {
      const { catalogue } = await context.snapshot();
      const kept = catalogue.methods.filter(methodTest(filter, catalogue));
      kept.sort(comparison(orderBy?.field ?? "NAME", orderBy?.direction ?? "ASC"));
      return pageOfList(kept, page, (method) => method.slug);
    },
  }),

  method: t.field({
    type: MethodRef,
    description: "One method. An unknown slug is an error that lists near matches.",
    args: { slug: t.arg.string({ required: true, description: "The method's slug." }) },
    resolve: async (_, { slug }, context) => (await context.snapshot()).catalogue.method(slug),
  }),
}));
