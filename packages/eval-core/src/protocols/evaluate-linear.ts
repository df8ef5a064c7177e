/** The many-shot linear evaluation of one dataset, from its arrays to values and record. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { DeviceChoice } from "../runtime/index.ts";
import { writeFileAtomically } from "../tensor/index.ts";
import type { LinearArrays } from "./evaluate-arrays.ts";
import { describeProtocol, type Evaluation, type ProtocolDescription } from "./evaluation.ts";
import { fitLinear } from "./linear.ts";
import { linearProtocol } from "./linear-protocol.ts";
import type { LinearMode, LinearProgress, LinearState } from "./linear-record.ts";

export interface LinearEvaluationOptions {
  readonly dataset: string;
  readonly protocol: ProtocolDescription;
  readonly mode: LinearMode;
  readonly device: DeviceChoice;
  /** Keeps finished values of the sweep, so that an interrupted one goes on. */
  readonly stateFile?: string;
  readonly onProgress?: (progress: LinearProgress) => void;
  readonly signal?: AbortSignal;
}

/** @param origin what else made the features and splits: preprocessing, rules; part of the fingerprint */
export function linearProtocolDescription(
  { task, metric }: Pick<LinearArrays, "task" | "metric">,
  mode: LinearMode,
  origin: Readonly<Record<string, unknown>>,
): ProtocolDescription {
  const title = `Many-shot linear, ${mode}`;
  return describeProtocol("many-shot-linear", title, { ...linearProtocol(task, metric, mode), ...origin });
}

export async function evaluateLinear(
  arrays: LinearArrays,
  options: LinearEvaluationOptions,
): Promise<Evaluation> {
  const { dataset, protocol, mode, device, stateFile, onProgress, signal } = options;
  const state = stateFile === undefined ? undefined : readState(stateFile);
  const {
    testLogits,
    testLabels,
    protocol: _,
    warnings,
    ...found
  } = await fitLinear({
    ...arrays,
    mode,
    device,
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
    ...(stateFile === undefined
      ? {}
      : { checkpoint: { ...(state ? { state } : {}), save: (next) => writeState(stateFile, next) } }),
  });
  if (stateFile !== undefined) rmSync(stateFile, { force: true });
  const sizes = {
    train: arrays.train.x.shape[0]!,
    val: arrays.val.x.shape[0]!,
    test: arrays.test.x.shape[0]!,
  };
  return {
    protocol,
    values: [
      {
        measure: `many-shot-linear/${dataset}/${arrays.metric}`,
        value: found.test.score,
        interval: found.test.interval,
        n: found.test.n,
      },
    ],
    record: { sizes, classes: arrays.classes, ...found },
    warnings,
  };
}

/** What a killed run left; a file that is not one of ours counts as none. */
function readState(file: string): LinearState | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return deserialize(readFileSync(file)) as LinearState;
  } catch {
    return undefined;
  }
}

function writeState(file: string, state: LinearState): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomically(file, [serialize(state)]);
}
