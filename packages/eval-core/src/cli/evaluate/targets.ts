/** From what is asked (a dataset, a suite, a measure) to the settings and datasets that are evaluated. */
import type { Checkpoint } from "../../backbones/index.ts";
import { type Asked, settingsFor, targetsOfAsked } from "../../evaluations/asked/suites.ts";
import type { GivenOptions } from "../../evaluations/options.ts";
import { kindOf, settingNamed } from "../../evaluations/settings.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { EvaluateOptions, Target } from "./request.ts";

type Said = Pick<EvaluateOptions, "suite" | "measure" | "dataset" | "data" | "protocol" | "given">;

/** @throws CommandError or ProtocolError where it says nothing that can be evaluated */
export function targetsOf({ suite, measure, dataset, data, protocol, given }: Said): AnyReadout[] {
  if (suite !== undefined) {
    if (dataset !== undefined) {
      throw new CommandError("--suite names its datasets: leave --dataset out", EXIT.usage);
    }
    return ofAsked({ suite }, given);
  }
  if (measure !== undefined) return ofAsked({ measure }, given);
  const setting = settingNamed(protocol, given);
  const source = setting.kind.data;
  const name = dataset ?? source.unnamed(data, setting.options);
  if (name === undefined) {
    throw new CommandError(
      "say on what: --dataset NAME, --suite NAME, or --data DIR with images by class",
      EXIT.usage,
    );
  }
  // Throws for a name that is none, listing those that are.
  source.titleOf(name);
  return [{ setting, dataset: name }];
}

/** A target before it is said of which readout. */
type AnyReadout = Omit<Target, "readout">;

function ofAsked(asked: Asked, given: GivenOptions): AnyReadout[] {
  const targets = targetsOfAsked(asked);
  const settings = settingsFor(targets, given);
  return targets.map(({ setting, dataset }) => ({ setting: settings.get(setting)!, dataset }));
}

/** @throws CommandError for a dataset whose files must be brought, when nobody said where they are. */
export async function requireShipped({ setting: { kind, options }, dataset }: AnyReadout): Promise<void> {
  if ((await kind.data.locate(dataset, undefined, options)) !== undefined) return;
  const { source } = kind.data.expected(dataset);
  throw new CommandError(
    `say where the files of ${kind.data.titleOf(dataset)} are: --data DIR (${source})`,
    EXIT.usage,
  );
}

/** For a protocol that makes its images in its own way, --preprocessing would say nothing. */
export function requirePreprocessing({ preprocessing, protocol }: EvaluateOptions): void {
  if (preprocessing === undefined || kindOf(protocol).needs.preprocessing) return;
  throw new CommandError(
    `--preprocessing is not for ${protocol}: its protocol says how images are made`,
    EXIT.usage,
  );
}

/**
 * The readouts that are asked for: one, several with commas between, or every vector by "all".
 * @throws CommandError for one that the network does not have, or that is no vector
 */
export function readoutsAsked(checkpoint: Checkpoint, asked: string | undefined): string[] {
  const { readouts } = checkpoint;
  if (asked === undefined) return [readouts[0]!.slug];
  const vectors = readouts.filter(({ kind }) => kind === "vector").map(({ slug }) => slug);
  if (asked === "all") return vectors;
  const slugs = [...new Set(asked.split(",").map((slug) => slug.trim()))];
  for (const slug of slugs) {
    if (vectors.includes(slug)) continue;
    throw new CommandError(
      `${checkpoint.file} has no readout '${slug}' that can be evaluated: it has ${vectors.join(", ")}`,
      EXIT.usage,
    );
  }
  return slugs;
}

/** Every target by every readout; a protocol that trains the network reads what its own head is put on. */
export function byReadout(
  targets: readonly AnyReadout[],
  readouts: readonly string[],
  asked: boolean,
): Target[] {
  for (const { setting } of targets) {
    if (asked && setting.kind.needs.trains) {
      throw new CommandError(
        `--readout is not for ${setting.name}: it trains the network, and says itself what it reads`,
        EXIT.usage,
      );
    }
  }
  return readouts.flatMap((readout) => targets.map((target) => ({ ...target, readout })));
}
