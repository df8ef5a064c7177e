/** JSON-LD of a page, for its head. */
import { builder } from "../../builder.ts";
import { BadInput } from "../../errors.ts";
import { describeDataset, describeLedger, describeMethod } from "./json-ld.ts";

builder.queryFields((t) => ({
  jsonLd: t.field({
    type: "JSON",
    description:
      "What a page says of itself to those who look for data: of a suite the ledger in Croissant 1.1, of a dataset or a method schema.org's JSON-LD. Name one.",
    args: {
      suite: t.arg.string({ description: "A board's slug." }),
      dataset: t.arg.string({ description: "A dataset's slug." }),
      method: t.arg.string({ description: "A method's slug." }),
    },
    complexity: 50,
    resolve: async (_, { suite, dataset, method }, context) => {
      const { catalogue } = await context.snapshot();
      if ([suite, dataset, method].filter((one) => one != null).length !== 1) {
        throw new BadInput("Name one of 'suite', 'dataset' and 'method'.");
      }
      if (suite != null) return describeLedger(context, catalogue.board(suite));
      if (dataset != null) return describeDataset(catalogue.dataset(dataset), context);
      return describeMethod(catalogue.method(method!), context);
    },
  }),
}));
