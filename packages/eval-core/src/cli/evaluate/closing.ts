/** The last lines of an evaluation that is recorded here: where its pages are, its rank, and what to do next. */
import { boardPage, methodPage, runPage } from "../server/site.ts";
import type { Recorder } from "./recorder.ts";
import { valuesOf } from "./report.ts";
import type { EvaluateRequest } from "./request.ts";
import type { Outcome } from "./run.ts";

/** More boards than these are found on the method's page. */
const MOST_BOARDS = 3;

interface Evaluated {
  readonly request: EvaluateRequest;
  readonly outcomes: readonly Outcome[];
  readonly recorder: Recorder | undefined;
}

/** The suite's board, else those that show the whole, then the board of each target's first value. */
function boardsOf({ request, outcomes }: Evaluated): string[] {
  if (request.suite !== undefined) return [request.suite];
  const first = outcomes.flatMap((outcome) => valuesOf(outcome)[0]?.measure ?? []);
  return [...new Set([...(request.boards ?? []), ...first])].slice(0, MOST_BOARDS);
}

/** Undefined where nothing was recorded. */
export async function closingOf(evaluated: Evaluated): Promise<string | undefined> {
  const { request, outcomes, recorder } = evaluated;
  const identities = outcomes.flatMap((outcome) => ("identity" in outcome ? [outcome.identity] : []));
  if (recorder === undefined || identities.length === 0) return undefined;
  const runs = await recorder.runIds(identities);
  const { slug } = request.method;
  const lines: string[] = [];
  for (const board of boardsOf(evaluated)) {
    const standing = await recorder.standing(board, slug);
    const rank = standing ? `rank ${standing.rank} of ${standing.of}` : "not ranked: values are missing";
    lines.push(`Board   ${boardPage(board)} (${rank})`);
  }
  lines.push(`Method  ${methodPage(slug)}`);
  if (runs.length === 1) lines.push(`Run     ${runPage(runs[0]!)}`);
  return [...lines, nextStep(evaluated)].join("\n");
}

function nextStep({ request, outcomes }: Evaluated): string {
  const missing = outcomes.filter(({ state }) => state === "missing").length;
  if (missing > 0)
    return `Next    add the ${missing} missing ${missing === 1 ? "dataset" : "datasets"} and run the same command again: what is done is kept`;
  return `Next    'transferboard open ${request.method.slug}' opens its page; the same command with --server URL submits the results to a public board`;
}
