/** `transferboard list WHAT`: what a server's record knows, by name. */
import { Argument } from "commander";
import type { AddCommand } from "../../context.ts";
import { addServerOptions, Server, type ServerOptions } from "../../server/server.ts";
import { table } from "../../table.ts";

interface Kind {
  readonly query: string;
  readonly columns: readonly string[];
  readonly row: (node: never) => readonly (string | number | null)[];
}

const kind = <Node>(
  query: string,
  columns: readonly string[],
  row: (node: Node) => readonly (string | number | null)[],
): Kind => ({
  query,
  columns,
  row: row as Kind["row"],
});

const page = "pageInfo { hasNextPage endCursor }";

const KINDS = {
  suites: kind<{ slug: string; title: string; measures: unknown[] }>(
    `query ($after: String) { suites(first: 200, after: $after) { nodes { slug title measures { slug } } ${page} } }`,
    ["suite", "title", "measures"],
    ({ slug, title, measures }) => [slug, title, measures.length],
  ),
  measures: kind<{ slug: string; metric: { unit: string; direction: string } }>(
    `query ($after: String) { measures(first: 200, after: $after) { nodes { slug metric { unit direction } } ${page} } }`,
    ["measure", "unit", "better"],
    ({ slug, metric }) => [slug, metric.unit, metric.direction.toLowerCase()],
  ),
  methods: kind<{ slug: string; name: string; family: string; year: number | null }>(
    `query ($after: String) { methods(first: 200, after: $after) { nodes { slug name family year } ${page} } }`,
    ["method", "name", "family", "year"],
    ({ slug, name, family, year }) => [slug, name, family.toLowerCase(), year],
  ),
  datasets: kind<{
    slug: string;
    title: string;
    domain: string;
    classCount: number | null;
    trainSize: number | null;
    testSize: number | null;
  }>(
    `query ($after: String) { datasets(first: 200, after: $after) { nodes { slug title domain classCount trainSize testSize } ${page} } }`,
    ["dataset", "title", "domain", "classes", "train", "test"],
    ({ slug, title, domain, classCount, trainSize, testSize }) => [
      slug,
      title,
      domain,
      classCount,
      trainSize,
      testSize,
    ],
  ),
  protocols: kind<{ fingerprint: string; title: string; resultCount: number; runCount: number }>(
    `query ($after: String) { protocols(first: 200, after: $after) { nodes { fingerprint title resultCount runCount } ${page} } }`,
    ["protocol", "title", "values", "runs"],
    ({ fingerprint, title, resultCount, runCount }) => [
      fingerprint.slice(0, 12),
      title,
      resultCount,
      runCount,
    ],
  ),
} as const satisfies Record<string, Kind>;

type Name = keyof typeof KINDS;

interface Page {
  readonly nodes: readonly never[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Every page of it. */
async function all(server: Server, { query }: Kind): Promise<never[]> {
  const nodes: never[] = [];
  for (let after: string | null = null; ; ) {
    const { nodes: more, pageInfo }: Page = await server.ask<Page>(query, { after });
    nodes.push(...more);
    if (!pageInfo.hasNextPage) return nodes;
    after = pageInfo.endCursor;
  }
}

interface ListOptions extends ServerOptions {
  readonly search?: string;
  readonly json?: boolean;
}

export const addList: AddCommand = (program, contextOf) => {
  const command = program
    .command("list")
    .description("list the suites, measures, methods, datasets or protocols of a server")
    .addArgument(new Argument("<what>", "what to list").choices(Object.keys(KINDS)))
    .option("--search <words>", "show only lines that contain every word")
    .option("--json", "print one JSON document");
  addServerOptions(command, false).action(async (what: Name, options: ListOptions) => {
    const context = contextOf(options.json);
    const chosen: Kind = KINDS[what];
    const words = (options.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const rows = (await all(new Server(options, context), chosen))
      .map((node) => ({ node, cells: chosen.row(node).map((cell) => (cell === null ? "" : String(cell))) }))
      .filter(({ cells }) => words.every((word) => cells.join(" ").toLowerCase().includes(word)));
    if (options.json)
      return context.terminal.print(
        JSON.stringify(
          rows.map(({ node }) => node),
          null,
          2,
        ),
      );
    if (rows.length === 0) return context.terminal.print(`No ${what} found.`);
    const columns = chosen.columns.map((header, i) => ({
      header,
      align: rows.every(({ cells }) => /^\d*$/.test(cells[i] ?? "")) ? ("right" as const) : ("left" as const),
    }));
    context.terminal.print(
      table(
        columns,
        rows.map(({ cells }) => cells),
      ),
    );
  });
};
