/**
 * What Lighthouse (desktop) says of the home page, a board and the correlation page: the median of several runs, in front
 * of the published record, on a database and servers of its own. Lighthouse itself is fetched by npx: it brings more than
 * all the rest of this project's tests, and nothing else needs it.
 *
 *     npm run bench -- lighthouse
 *     node tests/browser/lighthouse.ts --runs 1
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { migrate, seed, startPostgres } from "@transferboard/prisma";
import { serveOurs } from "../../apps/api/bench/servers.ts";
import { freePort } from "../faults/processes.ts";
import { launchChromium } from "./chromium.ts";
import { serveSite } from "./site.ts";

const LIGHTHOUSE = "lighthouse@13.5.0";
const PAGES = ["/", "/suites/many-shot-linear", "/correlation"] as const;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
const AIM = 95;

const run = promisify(execFile);

interface Report {
  readonly categories: Readonly<
    Record<
      string,
      { readonly score: number | null; readonly auditRefs: readonly { id: string; weight: number }[] }
    >
  >;
  readonly audits: Readonly<
    Record<string, { readonly title: string; readonly score: number | null; readonly numericValue?: number }>
  >;
}

/** What costs a report points. */
function shortcomings({ categories, audits }: Report): string[] {
  const counted = Object.values(categories).flatMap(({ auditRefs }) =>
    auditRefs.filter(({ weight }) => weight > 0),
  );
  return counted.flatMap(({ id }) => {
    const audit = audits[id];
    return audit && audit.score !== null && audit.score < 0.9 ? [`  ${audit.title}`] : [];
  });
}

async function audit(url: string, browserPort: number): Promise<Report> {
  const { stdout } = await run(
    "npx",
    [
      ...["--yes", LIGHTHOUSE, url, `--port=${browserPort}`, "--preset=desktop"],
      ...["--output=json", "--output-path=stdout", "--quiet", `--only-categories=${CATEGORIES.join(",")}`],
    ],
    { maxBuffer: 2 ** 28 },
  );
  return JSON.parse(stdout) as Report;
}

const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const { runs } = parseArgs({ options: { runs: { type: "string", default: "5" } } }).values;
const dataDir = mkdtempSync(join(tmpdir(), "transferboard-lighthouse-"));
const postgres = await startPostgres({ dataDir });
try {
  await migrate(postgres.url);
  await seed(postgres.url);
  await using api = await serveOurs(postgres.appUrl);
  const site = await serveSite(new URL(api.url).origin);
  const port = await freePort();
  const browser = await launchChromium([`--remote-debugging-port=${port}`]);
  try {
    for (const path of PAGES) {
      const reports: Report[] = [];
      // The first visit is for the servers alone: what they load, they load once.
      await fetch(`${site.url}${path}`);
      for (let i = 0; i < Number(runs); i++) reports.push(await audit(`${site.url}${path}`, port));
      const scores = CATEGORIES.map((name) => {
        const score = 100 * median(reports.map(({ categories }) => categories[name]?.score ?? Number.NaN));
        return `${name} ${score.toFixed(0)}${score >= AIM ? "" : ` (aim: ${AIM})`}`;
      });
      const paint = median(
        reports.map(({ audits }) => audits["largest-contentful-paint"]?.numericValue ?? Number.NaN),
      );
      console.log(
        `${path}: ${scores.join(", ")}; largest paint after ${(paint / 1000).toFixed(2)} s; ${runs} runs`,
      );
      for (const line of new Set(reports.flatMap(shortcomings))) console.log(line);
    }
  } finally {
    await browser.close();
    await site.stop();
  }
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
