/** Every fault of a submission is named at once: what is wrong in one part hides nothing of the others. */
import { fingerprint } from "@transferboard/vocabulary/canonical-json";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf, makeSubmission, SUBMIT } from "./submissions.ts";

let api: Api;
let submitter: string;
beforeAll(async () => {
  api = await startApi();
  submitter = await makeToken(api, "ada", ["SUBMIT"]);
});
afterAll(() => api.stop());

interface Fault {
  readonly place: string;
  readonly message: string;
}

async function faultsOf(body: unknown): Promise<Fault[]> {
  const input = inputOf(body, { dryRun: true });
  const { submitResults } = await api.read(SUBMIT, { variables: { input }, token: submitter });
  return submitResults.faults ?? submitResults.warnings;
}

const body = { evaluation: "segmentation", steps: 5 };
const digest = fingerprint(body);
const unknown = "0".repeat(64);
const iou = "segmentation/ade20k/mean-iou";
const pixels = "segmentation/ade20k/pixel-accuracy";

type Body = ReturnType<typeof makeSubmission> & { protocols?: unknown[]; [field: string]: unknown };

/** Each does one thing wrong, in a place of its own. */
const MISTAKES: readonly [string, place: string, (whole: Body) => void][] = [
  ["a source that is missing", "/source", (whole) => Reflect.deleteProperty(whole, "source")],
  ["a field that is not ours", "/colour", (whole) => Object.assign(whole, { colour: "red" })],
  ["a year that is none", "/method/year", ({ method }) => Object.assign(method, { year: "soon" })],
  ["a new method without a name", "/method/name", ({ method }) => Reflect.deleteProperty(method, "name")],
  [
    "a checkpoint's hash that is none",
    "/checkpoint/sha256",
    (whole) => Object.assign(whole, { checkpoint: { sha256: "1" } }),
  ],
  [
    "a value out of bounds beside a field that is not ours",
    "/values/0/value",
    ({ values }) => Object.assign(values[0]!, { value: 31 }),
  ],
  ["that field", "/values/0/hue", ({ values }) => Object.assign(values[0]!, { hue: 1 })],
  [
    "an interval upside down",
    "/values/1/interval",
    ({ values }) => Object.assign(values[1]!, { interval: { lower: 76, upper: 75 } }),
  ],
  ["seeds that are none", "/values/1/seeds", ({ values }) => Object.assign(values[1]!, { seeds: "1" })],
  [
    "an unknown protocol",
    "/values/1/protocol",
    ({ values }) => Object.assign(values[1]!, { protocol: unknown }),
  ],
  [
    "a correction of nothing",
    "/values/1/corrects",
    ({ values }) => Object.assign(values[1]!, { corrects: "999999" }),
  ],
  [
    "an unknown measure",
    "/values/2/measure",
    ({ values }) => values.push({ measure: "segmentation/ade20k/mean", value: 1 }),
  ],
  [
    "a measure twice",
    "/values/3/measure",
    ({ values }) => values.push({ measure: pixels, value: 60, protocol: unknown } as never),
  ],
  [
    "a protocol's hash of another body",
    "/protocols/0/fingerprint",
    (whole) => whole.protocols!.push({ fingerprint: "a".repeat(64), body }),
  ],
  [
    "a protocol that nobody names",
    "/protocols/1",
    (whole) => whole.protocols!.push({ fingerprint: digest, body }),
  ],
  [
    "a protocol's title that is none",
    "/protocols/2/title",
    (whole) => whole.protocols!.push({ fingerprint: digest, body, title: 3 }),
  ],
];

const whole = (): Body => structuredClone({ ...makeSubmission(), protocols: [] });

describe("a submission with a mistake in every part", () => {
  it("is told of all of them", async () => {
    const faulty = whole();
    for (const [, , mistake] of MISTAKES) mistake(faulty);
    const places = new Set((await faultsOf(faulty)).map(({ place }) => place));
    for (const [name, place] of MISTAKES) expect([...places], name).toContain(place);
  });

  it("is told of what is left once its shape is mended", async () => {
    const faulty = whole();
    for (const [, , mistake] of MISTAKES) mistake(faulty);
    const before = await faultsOf(faulty);
    faulty.source = "a paper";
    Reflect.deleteProperty(faulty, "colour");
    const after = (await faultsOf(faulty)).map(({ place, message }) => `${place}: ${message}`);
    const told = before.map(({ place, message }) => `${place}: ${message}`);
    expect(after.filter((fault) => !told.includes(fault))).toEqual([]);
    expect(told.length - after.length).toBe(2);
  });
});

describe("a part that is wrong puts no blame on another", () => {
  it.each<[string, (whole: Body) => void, places: readonly string[]]>([
    [
      "a malformed protocol that a value names",
      (one) => {
        Object.assign(one.values[0]!, { protocol: digest });
        one.protocols!.push({ fingerprint: digest, body: "five steps" });
      },
      ["/protocols/0/body"],
    ],
    [
      "a malformed value that names a protocol",
      (one) => {
        one.values.push({ value: 3, protocol: digest } as never);
        one.protocols!.push({ fingerprint: digest, body });
      },
      ["/values/2/measure"],
    ],
    [
      "a malformed protocol of a measure that is there under none",
      (one) => one.values.push({ measure: iou, value: 0.3, protocol: "mine" } as never),
      ["/values/2/protocol"],
    ],
  ])("%s", async (_, mistake, places) => {
    const faulty = whole();
    mistake(faulty);
    expect((await faultsOf(faulty)).map(({ place }) => place)).toEqual(places);
  });
});
