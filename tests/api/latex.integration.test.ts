/** A board as LaTeX where it is hardest: names made of signs that LaTeX acts on, ties, other protocols, many columns. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf, makeSubmission, REVIEW, SUBMIT } from "./submissions.ts";

const NAME = '50% & {Owl}_#1 ~^$ \\\\ <b>|[x]* -- --- `q` "β" é';

let api: Api;
let board: string;
beforeAll(async () => {
  api = await startApi();
  const ada = await makeToken(api, "ada", ["SUBMIT"]);
  const rosa = await makeToken(api, "rosa", ["REVIEW"]);
  const input = inputOf({
    ...makeSubmission(),
    method: { slug: "owl", name: NAME, family: "OTHER" },
    // As good as PCL-v1's, to the last digit; but nobody knows by which protocol.
    values: [
      { measure: "segmentation/ade20k/mean-iou", value: 0.2983 },
      { measure: "segmentation/ade20k/pixel-accuracy", value: 75.4 },
    ],
  });
  const { submission } = (await api.read(SUBMIT, { variables: { input }, token: ada })).submitResults;
  await api.read(REVIEW, { variables: { id: submission.id, verdict: "ACCEPT", reason: "x" }, token: rosa });
  board = await (await fetch(`${api.url}/export/leaderboard.tex?suite=segmentation&among=ALL`)).text();
});
afterAll(() => api.stop());

const rowOf = (name: string) => board.split("\n").find((line) => line.includes(name))!;

it("prints every sign of a name and acts on none", () => {
  const name =
    "50\\% \\& \\{Owl\\}\\_\\#1 \\textasciitilde{}\\textasciicircum{}\\$ \\textbackslash{}\\textbackslash{} \\textless{}b\\textgreater{}\\textbar{}{[}x]{*} -{}- -{}-{}- \\textasciigrave{}q\\textasciigrave{} \\char34{}\\ensuremath{\\beta}\\char34{} é";
  expect(board).toContain(` & ${name} & `);
});

it("marks ties alike, and what is under a protocol that is not the column's", () => {
  expect(rowOf("PCL-v1")).toBe("1 & PCL-v1 & \\textbf{0.2983} & \\underline{75.00} & \\textbf{0.2983} \\\\");
  expect(rowOf("Owl")).toMatch(
    /^1 & .+ & \\textbf\{0\.2983\}\$\^\{s\}\$\$\^\{\\dagger\}\$ & \\textbf\{75\.40\}\$\^\{s\}\$\$\^\{\\dagger\}\$ & \\textbf\{0\.2983\} /,
  );
  expect(rowOf("SimCLR-v1")).toMatch(
    /^3 & SimCLR-v1 & \\underline\{0\.2966\} & 74\.83 & \\underline\{0\.2966\}/,
  );
  expect(rowOf("\\caption")).toMatch(
    / \$\^\{\\dagger\}\$ Not under the protocol of most of the column, or under one that is not known\. /,
  );
});

it("ranks and marks only what is comparable, unless all is asked for", async () => {
  const text = await (await fetch(`${api.url}/export/leaderboard.tex?suite=segmentation`)).text();
  const row = (name: string) => text.split("\n").find((line) => line.includes(name));
  expect(row("Owl")).toMatch(
    /^-- & .+ & 0\.2983\$\^\{s\}\$\$\^\{\\dagger\}\$ & 75\.40\$\^\{s\}\$\$\^\{\\dagger\}\$ & -- /,
  );
  expect(row("PCL-v1")).toMatch(/^1 & PCL-v1 & \\textbf\{0\.2983\} & \\textbf\{75\.00\}/);
  expect(row("SimCLR-v1")).toMatch(/^2 /);
  expect(row("\\caption")).toContain("is not known: not ranked and not marked.");
});

it("says nothing of a mark that no cell has", async () => {
  const { text } = {
    text: await (
      await fetch(`${api.url}/export/leaderboard.tex?suite=segmentation&provenance=PUBLISHED`)
    ).text(),
  };
  expect(text).not.toContain("dagger");
  expect(text).toContain("Needs booktabs.\n");
});

it("scales a board of many columns to the line, and says what that needs", async () => {
  const text = await (await fetch(`${api.url}/export/leaderboard.tex?suite=many-shot-linear`)).text();
  expect(text).toMatch(/^% many-shot-linear, as of .+ Needs booktabs and graphicx\.\n/);
  expect(text).toContain("\\resizebox{\\linewidth}{!}{%\n\\begin{tabular}{rlrrrrrrrrrrrr}");
  expect(text).toContain("\\end{tabular}}\n");
});
