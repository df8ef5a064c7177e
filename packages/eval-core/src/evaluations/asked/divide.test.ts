/** What is asked, as jobs for several workers. */
import { expect, it } from "vitest";
import { jobsOfAsked } from "./divide.ts";

const shown = (jobs: ReturnType<typeof jobsOfAsked>) =>
  jobs.map(({ work, title, after }) => `${work.kind} ${title} after ${after.join(",")}`);

it("divides the features of a large dataset by its published size", () => {
  expect(shown(jobsOfAsked({ measure: "many-shot-linear/sun397/accuracy" }, {}))).toEqual([
    "EXTRACTION SUN397: features, share 1 of 4 after ",
    "EXTRACTION SUN397: features, share 2 of 4 after ",
    "EXTRACTION SUN397: features, share 3 of 4 after ",
    "EXTRACTION SUN397: features, share 4 of 4 after ",
    "DATASET SUN397 after 0,1,2,3",
  ]);
});

it("is one piece where there is little to extract, or the network is trained", () => {
  expect(jobsOfAsked({ measure: "many-shot-linear/digits/accuracy" }, {})).toEqual([]);
  const trained = jobsOfAsked(
    { measure: "many-shot-finetune/food/accuracy" },
    { grid: "0.01/0/centre-crop" },
  );
  expect(trained.filter(({ work }) => work.kind === "EXTRACTION")).toEqual([]);
});

it("extracts once for all evaluations on the same images, each dataset before what waits for it", () => {
  const jobs = jobsOfAsked({ suite: "many-shot-linear" }, {});
  for (const [i, { after }] of jobs.entries()) for (const one of after) expect(one).toBeLessThan(i);
  const shares = jobs.filter(({ work }) => work.kind === "EXTRACTION");
  const named = shares.map(({ work }) => `${work.dataset} ${"share" in work ? work.share : ""}`);
  expect(new Set(named).size).toBe(named.length);
  expect(named.filter((name) => name.startsWith("food"))).toHaveLength(11);
});
