/** What a change did to the boards: a method's rank in each suite just before and just after. */
import type { Context } from "../../context.ts";
import type { Method, Suite } from "../catalogue/entities.ts";
import { rankBoard } from "../leaderboard/service.ts";
import type { StoredChange } from "./read.ts";

/** An import of many methods moves everything: its effects are the board itself. */
const MOST_METHODS = 3;

export interface RankEffect {
  readonly suite: Suite;
  readonly method: Method;
  readonly before: number | null;
  readonly after: number | null;
  /** Whether the ranks are of all values: no rank among comparable ones is there, before or after. */
  readonly amongAll: boolean;
}

async function ranksAt(suite: Suite, methods: readonly Method[], asOf: Date, context: Context) {
  const { rows } = await rankBoard({ suite: suite.slug, asOf }, context);
  return methods.map((method) => {
    const row = rows.find((one) => one.method === method);
    return { rank: row?.rank ?? null, amongAll: row?.rankAmongAll ?? null };
  });
}

/** Empty for a change of many methods. Two statements a suite at most, remembered. */
export async function effectsOf(change: StoredChange, context: Context): Promise<RankEffect[]> {
  if (change.methodIds.length > MOST_METHODS) return [];
  const { catalogue } = await context.snapshot();
  const touched = new Set(change.measureIds);
  const methods = change.methodIds.map((id) => catalogue.methodById(id));
  const suites = catalogue.suites.filter(({ rankedBy }) => rankedBy.some(({ id }) => touched.has(id)));
  const effects = await Promise.all(
    suites.map(async (suite) => {
      const [before, after] = await Promise.all(
        [new Date(change.first - 1), new Date(change.last)].map((asOf) =>
          ranksAt(suite, methods, asOf, context),
        ),
      );
      return methods.map((method, i): RankEffect => {
        const [was, is] = [before![i]!, after![i]!];
        const amongAll = was.rank === null && is.rank === null;
        return {
          suite,
          method,
          amongAll,
          before: amongAll ? was.amongAll : was.rank,
          after: amongAll ? is.amongAll : is.rank,
        };
      });
    }),
  );
  return effects.flat().filter(({ before, after }) => before !== null || after !== null);
}
