/**
 * `transferboard conformance [KIND] [DIR]`: holds this build, on this machine and device, against golden answers of the
 * field's own tools.
 */
import { Option } from "commander";
import type { ConformanceKind, Finding } from "../../conformance/index.ts";
import { chooseDevice, DEVICE_CHOICES } from "../../runtime/index.ts";
import { checkConformance, shippedGoldens } from "../conformance/check.ts";
import { CONFORMANCE_KINDS } from "../conformance/kinds.ts";
import type { AddCommand } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, wholeNumber } from "../options.ts";
import type { Terminal } from "../terminal.ts";

interface Options {
  readonly device: string;
  readonly threads?: string;
  readonly json?: boolean;
}

const digits = (value: number) => (Number.isNaN(value) ? "none" : value === 0 ? "0" : value.toExponential(1));

function lineOf({ name, compared, difference, allowed, ok, note }: Finding): string {
  // What holds exactly or not at all has no distance worth a number.
  const distance =
    Number.isNaN(difference) || allowed === 0 ? "" : `: ${digits(difference)} (allowed ${digits(allowed)})`;
  return `${ok ? "ok    " : "FAILED"}  ${name}: ${compared}${distance}${note === undefined ? "" : `. ${note}`}`;
}

function kindsNamed(name: string | undefined, folder: string | undefined): readonly ConformanceKind[] {
  if (name === undefined) return CONFORMANCE_KINDS;
  const kind = CONFORMANCE_KINDS.find((known) => known.kind === name.replaceAll("_", "-"));
  if (kind) return [kind];
  const known = CONFORMANCE_KINDS.map((one) => one.kind).join(", ");
  const hint = folder === undefined && /[/.]/.test(name) ? " A folder comes after its kind." : "";
  throw new CommandError(`unknown kind '${name}': known are ${known}.${hint}`, EXIT.usage);
}

async function report(
  terminal: Terminal,
  kind: ConformanceKind,
  folder: string | undefined,
  options: Omit<Parameters<typeof checkConformance>[1], "folder">,
  json: boolean | undefined,
): Promise<Finding[]> {
  const where = folder ?? shippedGoldens(kind);
  if (!json) terminal.print(`${kind.kind}: ${kind.title}\n  ${where}`);
  const findings: Finding[] = [];
  const asked = folder === undefined ? options : { ...options, folder };
  for await (const finding of checkConformance(kind, asked)) {
    findings.push(finding);
    if (!json) terminal.print(`  ${lineOf(finding)}`);
  }
  if (findings.length === 0) {
    throw new CommandError(`${where} holds no case of the kind ${kind.kind}`);
  }
  return findings;
}

export const addConformance: AddCommand = (program, contextOf) => {
  const kinds = CONFORMANCE_KINDS.map(({ kind, title }) => `  ${kind.padEnd(13)} ${title}`).join("\n");
  program
    .command("conformance [kind] [folder]")
    .description(
      "compare this build and device with golden answers of PyTorch, scikit-learn, SciPy and Pillow",
    )
    .addOption(
      new Option("--device <device>", "where networks run").choices([...DEVICE_CHOICES]).default("cpu"),
    )
    .option("--threads <n>", "CPU threads of one operator")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `\nKinds:\n${kinds}\n\nWithout a kind, all kinds run on the shipped goldens. Exit code 1 if a difference exceeds its tolerance.`,
    )
    .action(async (name: string | undefined, folder: string | undefined, options: Options) => {
      const { terminal, signal } = contextOf(options.json);
      const chosen = kindsNamed(name, folder);
      const device = await chooseDevice(deviceChoice(options.device));
      const threads =
        options.threads === undefined ? {} : { threads: wholeNumber("--threads", options.threads, 1) };
      const answers: { kind: string; findings: Finding[] }[] = [];
      for (const kind of chosen) {
        // What runs nowhere but here is the CPU's, whatever was asked for.
        if (!kind.usesDevice && device !== "cpu" && !options.json)
          terminal.print(`${kind.kind} runs no network: --device ${device} has no effect.`);
        const findings = await report(terminal, kind, folder, { device, signal, ...threads }, options.json);
        answers.push({ kind: kind.kind, findings });
      }
      const all = answers.flatMap(({ findings }) => findings);
      const outside = all.filter(({ ok }) => !ok).length;
      if (outside > 0) process.exitCode = EXIT.failed;
      if (options.json) {
        // JSON has no NaN: a difference that there is none of is null.
        return terminal.print(JSON.stringify({ device, ok: outside === 0, kinds: answers }, null, 2));
      }
      terminal.print(
        outside === 0
          ? `All ${all.length} comparisons are within their tolerances, on ${device}.`
          : `${outside} of ${all.length} comparisons exceed their tolerances, on ${device}.`,
      );
    });
};
