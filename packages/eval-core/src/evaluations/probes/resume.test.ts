/**
 * An interrupted probe goes on to the very bits of an undisturbed one, through the file that it leaves; and never from work of
 * another version, device or number of threads, which would end at other bits.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readSealed, SeededRandom, writeSealed } from "../../tensor/index.ts";
import { linearDescription } from "../many-shot-linear/protocol.ts";
import type { LinearSplit, LinearState } from "../many-shot-linear/record.ts";
import { evaluateLinear } from "../many-shot-linear/run.ts";
import { noProgress } from "../progress.ts";
import { stateFile } from "./state-file.ts";

let folder: string;
let told: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "probe-"));
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = <T>(work: string, threads = 1) =>
  stateFile<T>(
    {
      work,
      threads,
      device: "cpu",
      progress: { ...noProgress, say: (sentence) => void told.push(sentence) },
    },
    "sweep",
  );

function makeSplit(random: SeededRandom, samples: number): LinearSplit {
  const [features, classes] = [8, 3];
  const labels = Int32Array.from({ length: samples }, () => random.below(classes));
  const data = Float32Array.from({ length: samples * features }, (_, i) =>
    random.normal(i % classes === labels[Math.floor(i / features)] ? 1 : 0),
  );
  return {
    x: { dtype: "float32", shape: [samples, features], data },
    y: { dtype: "int32", shape: [samples], data: labels },
  };
}

it("a sweep cut at three points: the same values, calibration errors and logits, to the last bit", {
  timeout: 120_000,
}, async () => {
  const random = new SeededRandom(7);
  const [train, val, test] = [70, 40, 50].map((samples) => makeSplit(random, samples)) as [
    LinearSplit,
    LinearSplit,
    LinearSplit,
  ];
  const evaluate = (checkpoint: { state?: LinearState | undefined; save: (state: LinearState) => void }) =>
    evaluateLinear(
      { train, val, test, classes: 3, task: "multi-class", metric: "accuracy" },
      {
        dataset: "digits",
        mode: "converged",
        protocol: linearDescription({ task: "multi-class", metric: "accuracy" }, "converged", {}),
        device: "cpu",
        checkpoint,
      },
    );
  // What a kill after so many values would leave. After all of them the refit and the calibration are still to come.
  const cuts = [38, 44, 45];
  const file = open<LinearState>(join(folder, "whole"));
  const whole = await evaluate({
    save(state) {
      file.save(state);
      if (!cuts.includes(state.sweep.length)) return;
      const left = join(folder, `${state.sweep.length}`);
      mkdirSync(left);
      copyFileSync(join(folder, "whole", "sweep.state"), join(left, "sweep.state"));
    },
  });
  expect(whole.companions[0]?.values.map(({ value }) => value > 0)).toEqual([true, true]);
  for (const cut of cuts) {
    const left = open<LinearState>(join(folder, `${cut}`));
    expect(left.state?.sweep).toHaveLength(cut);
    expect(await evaluate(left), `cut after ${cut}`).toEqual(whole);
  }
  expect(told).toEqual([]);
});

it("work of other code, another number of threads or another Node begins anew, and it is said", () => {
  const path = join(folder, "sweep.state");
  open(folder).save({ step: 12 });
  expect(open(folder).state).toEqual({ step: 12 });
  expect(told).toEqual([]);

  expect(open(folder, 2).state).toBeUndefined();
  const kept = deserialize(readSealed(path)!) as { by: string; state: unknown };
  writeSealed(path, serialize({ ...kept, by: kept.by.replace(/"code":"./, '"code":"_') }));
  expect(open(folder).state).toBeUndefined();
  // As the files were before they said who made them.
  writeSealed(path, serialize({ step: 12 }));
  expect(open(folder).state).toBeUndefined();
  writeSealed(path, Buffer.from("not what this Node writes"));
  expect(open(folder).state).toBeUndefined();
  expect(told).toEqual(
    Array.from(
      { length: 4 },
      () => `${path} is of another version, device or number of threads: what it kept is computed anew`,
    ),
  );
});
