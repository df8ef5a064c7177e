/**
 * The training loop: batches loaded ahead, steps of descent under a schedule, the work saved now and then and when
 * interrupted, a run that diverges stopped. A run that was killed ends at the weights that an undisturbed one ends at, bit
 * for bit on the same device.
 */
import type { Schedule } from "../optim/index.ts";
import { SeededRandom, tensor } from "../tensor/index.ts";
import type { AnyTensor } from "../tensor/tensor.ts";
import { Curves } from "./curve.ts";
import { DivergedError } from "./errors.ts";
import { ResumeStore } from "./resume.ts";
import { restoredStream } from "./streams.ts";
import type { Feeds, Json, TrainingTask } from "./task.ts";
import type { Trainer } from "./trainer.ts";

export interface StepProgress {
  /** Steps made. */
  readonly step: number;
  readonly steps: number;
  /** The scalar outputs of this step. */
  readonly values: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** A running mean, without the time that opening sessions for new sizes took. */
  readonly secondsPerStep: number;
  readonly secondsLeft: number;
}

export interface LoopOptions<Plan> {
  readonly task: TrainingTask<Plan>;
  readonly trainer: Trainer;
  readonly steps: number;
  readonly schedule: Schedule;
  readonly weightDecay: number;
  /** Momentum of running statistics at a step counted from 0, for a trainer that is fed it. */
  readonly statisticsMomentum?: (step: number) => number;
  /** Weights to begin from in place of the network's own. */
  readonly initial?: ReadonlyMap<string, AnyTensor>;
  /** The sampling stream, for what is drawn at the cuts of a step. */
  readonly sampling?: SeededRandom;
  /** Where the work at hand is kept. */
  readonly store?: ResumeStore;
  /** What it is called there; "current" unless told. */
  readonly name?: string;
  /** Says which of several runs under the same name it is. */
  readonly part?: Json;
  /** Steps between two saves; about a minute's worth unless told. */
  readonly saveEvery?: number;
  /** Save the last step too, where something long comes after training. */
  readonly saveAtEnd?: boolean;
  /** Batches loaded ahead; 2 unless told. */
  readonly ahead?: number;
  /** Seconds that a step takes, if somebody has measured it. */
  readonly secondsPerStep?: number;
  readonly onStep?: (progress: StepProgress) => void;
  readonly signal?: AbortSignal;
}

export interface TrainingOutcome {
  /** "loss", the other scalar outputs, and "learningRate". */
  readonly curves: Curves;
  /** Why the run was stopped; absent where it ran to its end. */
  readonly diverged?: string;
  readonly secondsPerStep: number;
}

const SAVE_EVERY_MS = 60_000;
const CURVE = "curve/";

/** @throws AbortError when interrupted, with the work kept; whatever the task throws. */
export async function train<Plan>(options: LoopOptions<Plan>): Promise<TrainingOutcome> {
  const { task, trainer, steps, schedule, signal, ahead = 2 } = options;
  const run = new Run(options);
  const begin = await run.begin();
  const coming: { plan: Plan; after: Json; feeds: Promise<Feeds> }[] = [];
  let planned = begin;
  const loadAhead = () => {
    for (; planned < steps && coming.length < Math.max(1, ahead); planned++) {
      const plan = task.batches.next();
      const feeds = task.feeds(plan);
      // Its failure is thrown when its turn comes.
      feeds.catch(() => {});
      coming.push({ plan, after: task.batches.state, feeds });
    }
  };
  for (let step = begin; step < steps; step++) {
    signal?.throwIfAborted();
    loadAhead();
    const { plan, after, feeds } = coming.shift()!;
    const [began, opening] = [performance.now(), trainer.openingMs];
    const loaded = await feeds;
    loadAhead();
    const learningRate = schedule(step);
    const momentum = options.statisticsMomentum?.(step);
    let values: Readonly<Record<string, number>>;
    try {
      ({ values } = await trainer.step(
        task.key(plan),
        () => task.attach(plan),
        loaded,
        {
          learningRate,
          weightDecay: options.weightDecay,
          step: step + 1,
          ...(momentum === undefined ? {} : { statisticsMomentum: momentum }),
        },
        (cut, read) => task.between![cut]!.compute(read, plan, run.sampling),
      ));
      requireNumbers(values);
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      await Promise.allSettled(coming.map((next) => next.feeds));
      return run.outcome(`${error.message} at step ${step + 1} of ${steps}`);
    }
    const seconds = (performance.now() - began - (trainer.openingMs - opening)) / 1000;
    run.made(step, values, learningRate, seconds);
    const ended = options.saveAtEnd === true && step + 1 === steps;
    if (signal?.aborted || ended || run.due(step)) await run.save(step + 1, after);
    signal?.throwIfAborted();
  }
  return run.outcome();
}

class Run<Plan> {
  readonly #options: LoopOptions<Plan>;
  readonly #store: ResumeStore;
  readonly #curves = new Curves();
  sampling: SeededRandom;
  #secondsPerStep: number;
  #saved = performance.now();

  constructor(options: LoopOptions<Plan>) {
    this.#options = options;
    this.#store = options.store ?? new ResumeStore(undefined, "");
    this.sampling = options.sampling ?? new SeededRandom(0);
    this.#secondsPerStep = options.secondsPerStep ?? 0;
  }

  /** Restores what a killed run left, or begins anew; answers how many steps are made. */
  async begin(): Promise<number> {
    const { trainer, initial, task, part = null, name = "current" } = this.#options;
    const saved = await this.#store.loadTensors(name);
    const about = saved?.about as { part: Json; step: number; batches: Json; sampling: Json } | undefined;
    if (!saved || !about || JSON.stringify(about.part) !== JSON.stringify(part)) {
      await trainer.reset(initial);
      return 0;
    }
    task.batches.restore(about.batches);
    this.sampling = restoredStream(about.sampling);
    const weights = new Map([...saved.tensors].filter(([one]) => !one.startsWith(CURVE)));
    for (const [one, { data }] of saved.tensors)
      if (one.startsWith(CURVE)) this.#curves.set(one.slice(CURVE.length), Array.from(data as Float64Array));
    await trainer.reset(weights);
    return about.step;
  }

  made(step: number, values: Readonly<Record<string, number>>, learningRate: number, seconds: number): void {
    const { steps, onStep } = this.#options;
    this.#curves.add({ ...values, learningRate });
    this.#secondsPerStep += (this.#secondsPerStep === 0 ? 1 : 0.05) * (seconds - this.#secondsPerStep);
    onStep?.({
      step: step + 1,
      steps,
      values,
      learningRate,
      secondsPerStep: this.#secondsPerStep,
      secondsLeft: (steps - step - 1) * this.#secondsPerStep,
    });
  }

  due(step: number): boolean {
    const { saveEvery } = this.#options;
    return saveEvery === undefined
      ? performance.now() - this.#saved > SAVE_EVERY_MS
      : (step + 1) % saveEvery === 0;
  }

  async save(step: number, batches: Json): Promise<void> {
    const { trainer, part = null, name = "current" } = this.#options;
    const tensors = new Map(await trainer.state());
    for (const one of this.#curves.names) {
      const values = Float64Array.from(this.#curves.of(one));
      tensors.set(`${CURVE}${one}`, tensor("float64", [values.length], values));
    }
    this.#store.saveTensors(name, {
      tensors,
      about: { part, step, batches, sampling: [...this.sampling.state] },
    });
    this.#saved = performance.now();
  }

  outcome(diverged?: string): TrainingOutcome {
    return {
      curves: this.#curves,
      secondsPerStep: this.#secondsPerStep,
      ...(diverged === undefined ? {} : { diverged }),
    };
  }
}

/** @throws DivergedError naming the first value that is no number */
function requireNumbers(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values))
    if (!Number.isFinite(value)) throw new DivergedError(`the ${inWords(name)} became ${value}`);
}

/** "loss_rpn_cls" as "loss 'loss_rpn_cls'"; "loss" as it is. */
const inWords = (name: string): string => (name === "loss" ? name : `value '${name}'`);

/** @throws DivergedError with the reason, for a run that has no other configuration to fall back on. */
export function expectFinished(outcome: TrainingOutcome, advice: string): TrainingOutcome {
  if (outcome.diverged !== undefined)
    throw new DivergedError(`training diverged: ${outcome.diverged}; ${advice}`);
  return outcome;
}
