/** Searching the record's names. */
import { builder } from "../../builder.ts";
import { BadInput } from "../../errors.ts";
import { find, type Hit, KINDS } from "./find.ts";

const MOST = 50;

const KindEnum = builder.enumType("SearchKind", {
  description: "What kind of thing was found.",
  values: KINDS,
});

const HitType = builder.objectRef<Hit>("SearchHit").implement({
  description: "Something of the record whose name has the words.",
  fields: (t) => ({
    kind: t.field({ type: KindEnum, description: "What it is.", resolve: ({ kind }) => kind }),
    slug: t.exposeString("slug", { description: "Its name in addresses." }),
    title: t.exposeString("title", { description: "Its name for people." }),
    path: t.exposeString("path", { description: "Its page on the site." }),
  }),
});

builder.queryField("search", (t) =>
  t.field({
    type: [HitType],
    description:
      "Methods, suites, measures, datasets and settings that have every word; where none has, those whose name comes near. Best first.",
    args: {
      text: t.arg.string({ required: true, description: "Words, without regard to case." }),
      kinds: t.arg({ type: [KindEnum], description: "Only of these kinds." }),
      first: t.arg.int({ required: true, defaultValue: 10, description: `How many, 1 to ${MOST}.` }),
    },
    complexity: { field: 20, multiplier: 1 },
    resolve: async (_, { text, kinds, first }, context) => {
      if (first < 1 || first > MOST) throw new BadInput(`'first' must be 1 to ${MOST}: found ${first}.`);
      const { catalogue } = await context.snapshot();
      return find(catalogue, text, kinds).slice(0, first);
    },
  }),
);
