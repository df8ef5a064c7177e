/** Records come from many versions and machines: what is no list of jobs is none. */
import { expect, it } from "vitest";
import { jobsIn } from "./work";

const job = {
  job: "selection and refit",
  worker: "a/1",
  startedAt: "2026-01-02T03:04:05Z",
  seconds: 7,
  attempts: 2,
};

it("reads the jobs of a record, and nothing where there are none", () => {
  expect(jobsIn({ work: { jobs: [job, { ...job, worker: null }] } })).toEqual([
    job,
    { ...job, worker: null },
  ]);
  for (const record of [
    null,
    {},
    { work: 3 },
    { work: { jobs: "all" } },
    { work: { jobs: [null, 1, {}] } },
  ]) {
    expect(jobsIn(record)).toEqual([]);
  }
});
