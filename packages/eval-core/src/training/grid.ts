/** The grid search: every configuration trained and validated, the best chosen, the finished ones remembered. */
import { DivergedError } from "./errors.ts";
import type { ResumeStore } from "./resume.ts";
import type { Json } from "./task.ts";

/** What is known of a configuration that was tried. */
export interface Tried<Configuration> {
  readonly configuration: Configuration;
  /** Larger is better; null where it diverged. */
  readonly validation: number | null;
  /** Why it was stopped; absent where it ran to its end. */
  readonly diverged?: string;
}

export interface GridOptions<Configuration, Finished extends Tried<Configuration>> {
  /** In the order in which ties are resolved: the first of equals is chosen. */
  readonly configurations: readonly Configuration[];
  readonly run: (index: number, configuration: Configuration) => Promise<Finished>;
  /** Where finished configurations are kept, under "finished". */
  readonly store: ResumeStore;
  /** Those that were finished elsewhere, by their place in the grid. */
  readonly given?: ReadonlyMap<number, Finished>;
}

/** The configurations that an earlier run finished, in the grid's order. */
export function finishedConfigurations<Finished>(store: ResumeStore): Finished[] {
  const saved = store.read("finished");
  return Array.isArray(saved) ? (saved as unknown as Finished[]) : [];
}

/** @throws DivergedError when every configuration diverges; whatever `run` throws, with the finished ones kept */
export async function searchGrid<Configuration, Finished extends Tried<Configuration>>({
  configurations,
  run,
  store,
  given,
}: GridOptions<Configuration, Finished>): Promise<{ finished: readonly Finished[]; chosen: Configuration }> {
  const finished = finishedConfigurations<Finished>(store);
  for (let index = finished.length; index < configurations.length; index++) {
    finished.push(given?.get(index) ?? (await run(index, configurations[index]!)));
    store.write("finished", finished as unknown as Json);
  }
  let best: Finished | undefined;
  for (const tried of finished) {
    if (tried.validation !== null && (!best || tried.validation > best.validation!)) best = tried;
  }
  if (!best)
    throw new DivergedError(
      `every configuration of the grid diverged (the first: ${finished[0]?.diverged}): use smaller learning rates`,
    );
  return { finished, chosen: best.configuration };
}
