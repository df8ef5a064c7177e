/** What a board's empty cells would hold, as the model of all results predicts it: shown on request, never ranked. */
import { backInUnit } from "@transferboard/eval-core/record";
import { z } from "zod";
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import { IntervalType } from "../measure/interval.ts";
import { MeasureRef } from "../measure/types.ts";
import { MethodRef } from "../method/types.ts";
import { fittedModel } from "./fitted.ts";

interface GhostCell {
  readonly method: Method;
  readonly measure: Measure;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** Of all methods of a board. A reader who wants more asks for the methods of a page. */
const MOST_GHOSTS = 5_000;
const MOST_METHODS = 200;

/** @throws BadInput where a whole board has more empty cells than are answered at once */
async function ghostsOf(
  suite: string,
  wanted: readonly string[] | null,
  context: Context,
): Promise<GhostCell[]> {
  const { catalogue } = await context.snapshot();
  const asked = wanted && new Set(wanted.map((slug) => catalogue.method(slug).id));
  const shown = new Set(catalogue.board(suite).measures.map(({ id }) => id));
  const fitted = await fittedModel(context);
  if (!fitted) return [];
  const { methods, measures, bounds, values, forecast, kappa } = fitted;
  const columns = [...measures.keys()].filter(
    (j) => shown.has(measures[j]!.id) && !Number.isNaN(forecast.degrees[j]!),
  );
  const ghosts: GhostCell[] = [];
  for (const [i, method] of methods.entries()) {
    if (asked && !asked.has(method.id)) continue;
    const at = (j: number) => i * measures.length + j;
    // A method that the board does not show has no empty cells on it.
    if (columns.every((j) => Number.isNaN(values[at(j)]!))) continue;
    for (const j of columns) {
      if (!Number.isNaN(values[at(j)]!)) continue;
      const { means, deviations, degrees } = forecast;
      const told = backInUnit(means[at(j)]!, deviations[at(j)]!, degrees[j]!, bounds[j]!, kappa);
      ghosts.push({ method, measure: measures[j]!, ...told });
    }
  }
  if (asked === null && ghosts.length > MOST_GHOSTS) {
    throw new BadInput(
      `The board has ${ghosts.length} empty cells, and at most ${MOST_GHOSTS} are answered at once: name up to ${MOST_METHODS} 'methods'.`,
    );
  }
  return ghosts;
}

const GhostCellType = builder.objectRef<GhostCell>("GhostCell").implement({
  description: "An empty cell of a board, as a method's other values predict it. Never ranked or averaged.",
  fields: (t) => ({
    method: t.field({ type: MethodRef, description: "Whose.", resolve: ({ method }) => method }),
    measure: t.field({ type: MeasureRef, description: "In what.", resolve: ({ measure }) => measure }),
    value: t.exposeFloat("value", { description: "The median, in the metric's unit." }),
    interval: t.field({
      type: IntervalType,
      description: "95%: where a measurement would lie.",
      resolve: ({ lower, upper }) => ({ lower, upper }),
    }),
  }),
});

builder.queryField("ghosts", (t) =>
  t.field({
    type: [GhostCellType],
    description:
      "What the empty cells of a board's methods would hold, predicted. The first question after new results waits for the model to be fitted.",
    args: {
      suite: t.arg.string({ required: true, description: "The slug of a suite or of a measure." }),
      methods: t.arg.stringList({
        description: `Only of these methods, by slug, ${MOST_METHODS} at most: for a board of many empty cells.`,
        validate: z.array(z.string()).max(MOST_METHODS, `expected at most ${MOST_METHODS} methods`),
      }),
    },
    complexity: { field: 500, multiplier: 100 },
    resolve: (_root, { suite, methods }, context) => ghostsOf(suite, methods ?? null, context),
  }),
);
