/** `evaluate --server`: what is measured here goes to a server with its protocols, and is never lost on the way. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, type Json } from "@transferboard/vocabulary/canonical-json";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeToken } from "../api/accounts.ts";
import { type Api, startApi } from "../api/harness.ts";
import { REVIEW } from "../api/submissions.ts";
import { runHere } from "../tutorial/in-process.ts";
import { checkpoint, temporaryFolder, transferboard } from "./command.ts";
import { makeSmallDatasets } from "./small-datasets.ts";

let api: Api;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await makeToken(api, "ada", ["SUBMIT"]);
});
afterAll(() => api.stop());

const METHOD = { name: "Mine", family: "OTHER", year: 2026, pretraining: { epochs: 7, multiCrop: true } };

it("sends values with intervals, seeds, the checkpoint's hash and their protocols; loses none; harms by no repeat", async () => {
  const [data, cache, home] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  makeSmallDatasets(data);
  const methodFile = join(home, "mine.json");
  writeFileSync(methodFile, JSON.stringify(METHOD));
  const args = [
    ...["evaluate", "--checkpoint", checkpoint, "--method", "mine", "--dataset", "cifar10", "--data", data],
    ...[
      "--allow-partial",
      "--preprocessing",
      "shorter-32",
      "--device",
      "cpu",
      "--cache",
      cache,
      "--seed",
      "3",
    ],
  ];
  const evaluate = (more: readonly string[], secret = token) =>
    runHere([...args, ...more], { TRANSFERBOARD_TOKEN: secret });

  // Nobody is there: the results are kept, and where they are is said.
  const nowhere = "http://127.0.0.1:1";
  const away = await evaluate(["--server", nowhere, "--method-file", methodFile]);
  expect(away.code, away.stderr).toBe(6);
  expect(away.stdout).toMatch(/many-shot-linear\/cifar10\/accuracy +\d/);
  expect(away.stderr).toContain("The evaluation goes on; its results are kept in any case.");
  const [, file] = /the results are kept in (\S+): send them with 'transferboard submit/.exec(away.stderr)!;
  const kept = JSON.parse(readFileSync(file!, "utf8"));
  const sha256 = createHash("sha256").update(readFileSync(checkpoint)).digest("hex");
  expect(kept).toMatchObject({
    method: { slug: "mine", ...METHOD },
    checkpoint: { sha256, featureDimension: 256, inputMean: [0.485, 0.456, 0.406] },
  });
  expect(kept.values.map(({ measure }: { measure: string }) => measure)).toEqual([
    "many-shot-linear/cifar10/accuracy",
    "calibration-linear/cifar10/ece",
    "calibration-linear/cifar10/ece-scaled",
  ]);
  expect(kept.values[0]).toMatchObject({
    seeds: [3],
    sampleSize: 50,
    interval: { lower: expect.any(Number) },
  });
  expect(kept.protocols).toHaveLength(2);
  for (const { fingerprint: name, body } of kept.protocols) expect(fingerprint(body as Json)).toBe(name);

  // The kept file, sent by hand, and the evaluation sent again are one submission.
  const sent = await runHere(["submit", file!, "--server", api.url, "--json"], {
    TRANSFERBOARD_TOKEN: token,
  });
  expect(sent.code, sent.stdout).toBe(0);
  const { submission, created } = JSON.parse(sent.stdout);
  expect([submission.status, created]).toEqual(["PENDING", true]);
  const again = await evaluate(["--server", `${api.url}/graphql`, "--method-file", methodFile, "--json"]);
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(again.stdout).sent).toMatchObject({
    file,
    created: false,
    submission: { id: submission.id },
  });
  expect(await api.database.client.submission.count()).toBe(1);

  // Accepted, it stands on the board, and its protocol can be held against the published one.
  const reviewer = await makeToken(api, "rosa", ["REVIEW"]);
  const variables = { id: submission.id, verdict: "ACCEPT", reason: "Fine." };
  await api.read(REVIEW, { variables, token: reviewer });
  const BOARD = `{ leaderboard(suite: "many-shot-linear/cifar10/accuracy", filter: { methods: ["mine", "swav"] }) {
    nodes { method { slug pretraining { epochs } } cells { value provenance differentProtocol fingerprint sampleSize } } } }`;
  const rows: { method: { slug: string }; cells: { fingerprint: string }[] }[] = (await api.read(BOARD))
    .leaderboard.nodes;
  const rowOf = (slug: string) => rows.find(({ method }) => method.slug === slug)!;
  expect(rowOf("mine")).toMatchObject({
    method: { pretraining: { epochs: 7 } },
    cells: [{ value: kept.values[0].value, provenance: "SELF_REPORTED", sampleSize: 50 }],
  });
  const [left, right] = ["mine", "swav"].map((slug) => rowOf(slug).cells[0]!.fingerprint);
  const DIFF =
    "query ($left: String!, $right: String!) { protocolDiff(left: $left, right: $right) { differences { path } } }";
  const { protocolDiff } = await api.read(DIFF, { variables: { left, right } });
  expect(protocolDiff.differences.length).toBeGreaterThan(0);

  // Nothing of it is in a database here, and what is wrong with the method is said with what to do.
  const other = args.map((one) => (one === "mine" ? "other" : one));
  const unknown = await runHere([...other, "--server", api.url], { TRANSFERBOARD_TOKEN: token });
  expect(unknown.code).toBe(3);
  expect(unknown.stdout).toMatch(
    /\/method\/family +error +'other' is a new method, and a new method needs its family/,
  );
  expect(unknown.stderr).toMatch(/the results are kept in \S+other-\S+\.json.*--method-file FILE/);
});

it("refuses before it evaluates what could not be sent", async () => {
  const args = ["evaluate", "--checkpoint", checkpoint, "--method", "mine", "--dataset", "cifar10"];
  const ask = async (more: readonly string[], secret = "") => {
    const { code, stderr } = await runHere([...args, ...more], { TRANSFERBOARD_TOKEN: secret });
    return [code, stderr];
  };
  const server = ["--server", api.url];
  const reading = await makeToken(api, "eve", ["READ", "REVIEW"]);
  expect(await ask(server)).toEqual([7, expect.stringContaining("scope submit, and none was given")]);
  expect(await ask(server, "tb_x")).toEqual([7, expect.stringContaining("as it was shown")]);
  expect(await ask(server, reading)).toEqual([
    7,
    "the results need a token with the scope SUBMIT; this one has READ, REVIEW\n",
  ]);
  expect(await ask([...server, "--method-file", "nowhere.json"], token)).toEqual([
    3,
    expect.stringContaining("there is no file"),
  ]);
  expect(await ask(["--method-file", "mine.json"])).toEqual([2, "--method-file goes with --server\n"]);
  expect(await ask(["--server", "localhost:4000"], token)).toEqual([
    2,
    expect.stringContaining("must be an http"),
  ]);
  const arrays = await transferboard(["evaluate", "--features", "x", ...server]);
  expect([arrays.code, arrays.stderr]).toEqual([2, expect.stringContaining("--server needs a --checkpoint")]);
});
