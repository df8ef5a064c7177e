/** What `evaluate` ends with: a table for people, or one JSON document whose fields are the same whatever came out. */
import { type Evaluation, measuredValues } from "../../evaluations/evaluation.ts";
import type { Setting } from "../../evaluations/settings.ts";
import type { Context } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { closingOf } from "./closing.ts";
import type { Derived, Recorder } from "./recorder.ts";
import { type Row, resultTable, rowsOf } from "./report.ts";
import type { EvaluateOptions, EvaluateRequest } from "./request.ts";
import type { Outcome } from "./run.ts";
import { type Sent, sentInWords } from "./sending.ts";

export interface Ending {
  readonly request: EvaluateRequest;
  readonly outcomes: readonly Outcome[];
  readonly recorder: Recorder | undefined;
  readonly derived: readonly Derived[];
  readonly sent: Sent | undefined;
}

/** @throws CommandError where something failed or nothing was there to evaluate, after all is printed */
export async function report(
  { terminal }: Context,
  { json }: EvaluateOptions,
  ending: Ending,
): Promise<void> {
  const { request, outcomes, recorder, derived, sent } = ending;
  const rows = await rowsOf(outcomes, derived, recorder);
  if (json) {
    terminal.print(JSON.stringify(documentOf(ending, rows), null, 2));
  } else {
    for (const outcome of outcomes) {
      if (outcome.state === "recorded")
        terminal.say(`${outcome.title} is recorded already; --again evaluates it again.`);
      if (outcome.state === "missing") terminal.say(`${outcome.title} is missing: ${outcome.reason}.`);
    }
    if (rows.length > 0) terminal.print(resultTable(rows));
    const words = sent && sentInWords(sent);
    if (words !== undefined) terminal.print(`\n${words}`);
    const closing = await closingOf(ending);
    if (closing !== undefined) terminal.print(`\n${closing}`);
  }
  if (sent?.error) throw sent.error;
  const failed = outcomes.filter((outcome) => outcome.state === "failed");
  if (failed.length > 0) {
    throw new CommandError(
      `${failed.length} of ${outcomes.length} failed: ${failed.map(({ title, reason }) => `${title} (${reason})`).join("; ")}`,
      EXIT.failed,
    );
  }
  if (outcomes.every(({ state }) => state === "missing")) {
    throw new CommandError(
      `none of the suite's datasets is in ${request.data ?? "any folder: say where with --data DIR"}`,
    );
  }
}

/** An evaluation as it is printed: its companions' values are among its own. */
export function evaluationInJson(evaluation: Evaluation) {
  const { protocol, record, warnings } = evaluation;
  return { protocol, values: measuredValues(evaluation), record, warnings };
}

const settingInJson = ({ kind, name, options }: Setting) => ({ kind: kind.name, name, ...options });

function outcomeInJson(outcome: Outcome) {
  const { target, ...rest } = outcome;
  return {
    target: {
      setting: settingInJson(target.setting),
      dataset: target.dataset,
      readout: target.readout,
    },
    ...rest,
    ...(outcome.state === "done" ? { evaluation: evaluationInJson(outcome.evaluation) } : {}),
  };
}

/** Of one target alone, what it found stands at the top too. */
function documentOf({ request, outcomes, derived, sent }: Ending, rows: readonly Row[]) {
  const single = request.several ? undefined : outcomes[0];
  const done = single?.state === "done" ? single.evaluation : undefined;
  const known = outcomes.flatMap((outcome) => {
    if (outcome.state === "done") return measuredValues(outcome.evaluation);
    return outcome.state === "recorded" ? outcome.values : [];
  });
  return {
    suite: request.suite ?? null,
    protocol: single && "protocol" in single ? single.protocol : null,
    values: [
      ...known,
      ...derived.flatMap(({ values, protocol }) => values.map((one) => ({ ...one, protocol }))),
    ],
    record: done?.record ?? null,
    warnings: outcomes.flatMap((outcome) => (outcome.state === "done" ? outcome.evaluation.warnings : [])),
    outcomes: outcomes.map(outcomeInJson),
    rows,
    sent: sent ? { file: sent.file, ...sent.answer } : null,
  };
}
