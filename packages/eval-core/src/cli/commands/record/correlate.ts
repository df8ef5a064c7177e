/** `transferboard correlate X Y`: how two variables go together over methods. */
import { Option } from "commander";
import type { AddCommand } from "../../context.ts";
import { addServerOptions, Server, type ServerOptions } from "../../server/server.ts";
import { table } from "../../table.ts";

const CORRELATION = `query ($x: VariableInput!, $y: VariableInput!, $coefficient: Coefficient!, $transform: Transform!, $interval: IntervalMethod!) {
  correlation(x: $x, y: $y, coefficient: $coefficient, transform: $transform, interval: $interval) {
    x { title unit } y { title unit } n coefficient pValue reason interval { lower upper }
    points { method { slug } rawX rawY } excluded { method { slug } reason } } }`;

interface Correlation {
  readonly x: { readonly title: string; readonly unit: string };
  readonly y: { readonly title: string; readonly unit: string };
  readonly n: number;
  readonly coefficient: number | null;
  readonly pValue: number | null;
  readonly reason: string | null;
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  readonly points: readonly {
    readonly method: { readonly slug: string };
    readonly rawX: number;
    readonly rawY: number;
  }[];
  readonly excluded: readonly { readonly method: { readonly slug: string }; readonly reason: string }[];
}

interface Options extends ServerOptions {
  readonly coefficient: string;
  readonly transform: string;
  readonly bootstrap?: boolean;
  readonly points?: boolean;
  readonly json?: boolean;
}

/** A measure has slashes; a covariate is in capitals, as the API names it; the rest are suites. */
export function variableOf(name: string): Record<string, string> {
  if (/^[A-Z_]+$/.test(name)) return { pretraining: name };
  return name.includes("/") ? { measure: name } : { suite: name };
}

const shown = (value: number) =>
  Math.abs(value) < 0.001 && value !== 0 ? value.toExponential(1) : value.toFixed(3);

export const addCorrelate: AddCommand = (program, contextOf) => {
  const command = program
    .command("correlate")
    .description("correlate two measures, suites or covariates over methods")
    .argument("<x>", "a measure, a suite, or a covariate such as EPOCHS")
    .argument("<y>", "another one")
    .addOption(
      new Option("--coefficient <name>", "which correlation")
        .choices(["pearson", "spearman", "kendall"])
        .default("pearson"),
    )
    .addOption(
      new Option("--transform <name>", "how accuracies and other shares are transformed first")
        .choices(["logit", "none"])
        .default("logit"),
    )
    .option("--bootstrap", "compute the interval by BCa bootstrap instead of Fisher's z")
    .option("--points", "also print each method with its two values")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample: transferboard correlate imagenet/imagenet/top1 many-shot-linear");
  addServerOptions(command, false).action(async (x: string, y: string, options: Options) => {
    const { terminal, ...context } = contextOf(options.json);
    const found = await new Server(options, { terminal, ...context }).ask<Correlation>(CORRELATION, {
      x: variableOf(x),
      y: variableOf(y),
      coefficient: options.coefficient.toUpperCase(),
      transform: options.transform.toUpperCase(),
      interval: options.bootstrap ? "BOOTSTRAP" : "FISHER",
    });
    if (options.json) return terminal.print(JSON.stringify(found, null, 2));
    const { coefficient, interval, pValue, n, reason } = found;
    terminal.print(`${found.y.title} (${found.y.unit}) against ${found.x.title} (${found.x.unit})`);
    if (coefficient === null) return terminal.print(reason ?? "The correlation is not defined.");
    terminal.print(
      [
        `${options.coefficient} ${shown(coefficient)}`,
        interval && `95% ${shown(interval.lower)} to ${shown(interval.upper)}`,
        pValue !== null && `p ${shown(pValue)}`,
        `n ${n}`,
        found.excluded.length > 0 && `${found.excluded.length} left out`,
      ]
        .filter(Boolean)
        .join(", "),
    );
    if (!options.points) return;
    terminal.print(
      `\n${table(
        [{ header: "method" }, { header: "x", align: "right" }, { header: "y", align: "right" }],
        found.points.map(({ method, rawX, rawY }) => [method.slug, rawX.toFixed(2), rawY.toFixed(2)]),
      )}`,
    );
  });
};
