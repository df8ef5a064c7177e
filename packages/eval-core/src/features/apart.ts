/** The limits of a process that runs somebody else's graph. */
import { openSession, type ProcessLimits } from "../runtime/index.ts";
import { memoryHere } from "../sandbox/index.ts";
import type { AnyTensor } from "../tensor/index.ts";
import type { Backbone } from "./backbone.ts";

/** Of the memory there is, for all such processes together. */
const SHARE = 0.8;
/** A batch of the largest networks takes a minute on one core. */
const ANSWER_MS = 600_000;
/** One or two images, and what the runtime does while it loads. */
const TRIAL_MS = 180_000;

/**
 * As a session's options: none for a network whose operators are ours.
 * @param processes how many such run side by side
 */
export function apartOf(
  { apart }: Pick<Backbone, "apart">,
  processes = 1,
): { readonly apart?: ProcessLimits } {
  if (!apart) return {};
  return { apart: { memoryBytes: Math.floor((SHARE * memoryHere()) / processes), timeoutMs: ANSWER_MS } };
}

/**
 * Opens a model apart on the CPU, answers each of the feeds or says why not, and closes it: what loading an exported graph
 * needs.
 */
export async function trial(
  model: Uint8Array,
  feeds: readonly Readonly<Record<string, AnyTensor>>[],
): Promise<(Readonly<Record<string, AnyTensor>> | Error)[]> {
  const memoryBytes = Math.floor((SHARE * memoryHere()) / 2);
  await using session = await openSession(model, {
    device: "cpu",
    apart: { memoryBytes, timeoutMs: TRIAL_MS },
  });
  const answers: (Readonly<Record<string, AnyTensor>> | Error)[] = [];
  for (const fed of feeds) answers.push(await session.run(fed).catch((error: Error) => error));
  return answers;
}
