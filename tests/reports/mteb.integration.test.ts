/** Folders of results as MTEB writes them, as users reported them: the right value, or one clear fault. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { IOU, offer, offerToServer, PIXELS, report } from "./offer.ts";

offerToServer();

describe("a folder as MTEB writes it", () => {
  const folder = "10-mteb-subsets/results";
  const files = () =>
    Object.fromEntries(
      readdirSync(join(import.meta.dirname, folder)).map((name) => [
        name,
        report(`${folder}/${name}`).toString(),
      ]),
    );
  const joined = (texts: Record<string, string>) =>
    `{${Object.entries(texts)
      .map(([name, text]) => `${JSON.stringify(name)}: ${text}`)
      .join(",")}}`;

  it("takes the mean over a task's subsets, and says so", async () => {
    const { values, warnings } = await offer("mteb", joined(files()));
    expect(values).toEqual({ [IOU]: 0.2961, [PIXELS]: 65 });
    expect(warnings).toMatchObject([
      { message: "The value is the mean over 3 subsets (en, fr, de), as MTEB has it." },
    ]);
  });

  it("does not take a subset that is there twice for two", async () => {
    for (const [names, told] of [
      [["en", "en"], "'en'"],
      [["fr", "en", "fr"], "'fr'"],
      [[undefined, undefined], "'without a name'"],
    ] as const) {
      const entries = names.map((hf_subset, i) => ({ main_score: 0.5 + i / 10, hf_subset }));
      const { faults, values } = await offer("mteb", task(JSON.stringify({ test: entries })));
      expect(values).toEqual({});
      expect(faults).toMatchObject([{ message: `The subset ${told} is there twice.` }]);
    }
  });

  const task = (scores: string) =>
    joined({ ...files(), "px.json": `{"task_name": "${PIXELS}", "scores": ${scores}}` });

  it("leaves out other splits and names them", async () => {
    const { values, warnings } = await offer(
      "mteb",
      task(
        '{"validation": [{"main_score": 0.9}], "train": [{"main_score": 1}], "test": [{"main_score": 0.57}]}',
      ),
    );
    expect(values[PIXELS]).toBe(57);
    expect(warnings.map(({ place }) => place)).toEqual([
      "/px.json/scores/validation",
      "/px.json/scores/train",
    ]);
    // ADE20K's test labels are not public: alone, its validation split is what is tested on.
    expect((await offer("mteb", task('{"validation": [{"main_score": 0.57}]}'))).values[PIXELS]).toBe(57);
    const trained = await offer("mteb", task('{"train": [{"main_score": 0.9}]}'));
    expect(trained.faults).toMatchObject([{ place: "/px.json/scores", message: "There is no test split." }]);
  });

  it("names the file and the place of a score that is none", async () => {
    for (const score of ["NaN", "null", '"0.5"', "Infinity"]) {
      const { faults } = await offer("mteb", task(`{"test": [{"main_score": ${score}, "ap": NaN}]}`));
      expect(faults).toMatchObject([{ place: "/px.json/scores/test/0/main_score" }]);
    }
    // A NaN elsewhere harms nobody.
    expect(
      (await offer("mteb", task('{"test": [{"main_score": 0.5, "ap_weighted": NaN}]}'))).values[PIXELS],
    ).toBe(50);
  });

  it("does not take another metric's score for the measure's", async () => {
    const { faults } = await offer(
      "mteb",
      task('{"test": [{"main_score": 0.7, "lrap": 0.7, "accuracy": 0.4}]}'),
    );
    expect(faults).toMatchObject([
      {
        message: expect.stringMatching(
          /main score is this task's 'lrap', and the measure's metric is pixel-accuracy/,
        ),
      },
    ]);
    expect(
      (await offer("mteb", task('{"test": [{"main_score": 0.7, "pixel_accuracy": 0.7}]}'))).values[PIXELS],
    ).toBe(70);
  });

  it("says which file has a field twice", async () => {
    const { faults } = await offer("mteb", task('{"test": [{"main_score": 0.7, "main_score": 0.8}]}'));
    expect(faults).toMatchObject([
      { place: "/px.json/scores/test/0/main_score", message: expect.stringMatching(/told twice/) },
    ]);
  });
});

it("a task of MTEB's own that tells a field twice, or is mapped twice, is a fault", async () => {
  const score = '{"main_score": 0.5, "accuracy": 0.5, "hf_subset": "default"}';
  const task = (more = "") => `{"task_name": "CIFAR10"${more}, "scores": {"test": [${score}]}}`;
  const folder = (text: string) => `{"model_meta.json": {"name": "a/b"}, "CIFAR10.json": ${text}}`;
  const { faults } = await offer("mteb", folder(task(', "task_name": "CIFAR100"')));
  expect(faults).toMatchObject([
    { place: "/CIFAR10.json/task_name", message: expect.stringMatching(/told twice here/) },
  ]);
  const map = encodeURIComponent(`{"CIFAR10": "${IOU}", "CIFAR10": "${PIXELS}"}`);
  expect((await offer("mteb", folder(task()), `&map=${map}`)).status).toBe(400);
  expect((await offer("mteb", folder(task()), `&map=${map.replace("CIFAR10", "CIFAR100")}`)).status).toBe(
    201,
  );
});

it.each([
  ["zero-shot/cifar10/acuracy", "did you mean the metric 'accuracy'?"],
  ["accuracy", "expected setting/dataset/metric"],
  ["a/b/c/accuracy", "expected setting/dataset/metric"],
])("a map to %s, which is no measure, is refused in one sentence", async (measure, hint) => {
  const text = `{"model_meta.json": {"name": "a/b"}, "Mine.json": {"task_name": "Mine", "scores": {"test": [{"main_score": 0.5, "hf_subset": "default"}]}}}`;
  const { status, message } = await offer(
    "mteb",
    text,
    `&map=${encodeURIComponent(JSON.stringify({ Mine: measure }))}`,
  );
  expect(status).toBe(400);
  expect(message).toContain(`'map' gives 'Mine' the measure '${measure}', which is none: ${hint}`);
});
