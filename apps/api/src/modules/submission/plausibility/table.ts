/**
 * The same for a table of many methods: each of its models is held against the values that boards show, as if it were a
 * submission of its own, and against the other models of the table for copies. Places are those of its files.
 */
import type { OfferedMethod, TableFinding } from "@transferboard/eval-core/record";
import { sha256 } from "@transferboard/vocabulary/canonical-json";
import type { Context } from "../../../context.ts";
import { shorten } from "../../../errors.ts";
import { type Fault, fault } from "../faults/fault.ts";
import type { TableBody, TableModel, TableRow } from "../table/body.ts";
import { computeWhere, fitWithout, isBounded, type Known, knownFacts, knownValues } from "./ledger.ts";

/** So many fits at most, each without some of the methods that are known already. */
const MOST_FITS = 10;
/** Comparisons of two numbers that are made in place: milliseconds. */
const FEW_COMPARISONS = 20_000;

/** What a reader of the files has said in its own words. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  FRACTION: ["looks-like-a-fraction", "taken-as-a-fraction"],
};

/** Held once a position of the ledger, so that reviewers need not wait for what the submitter waited for. */
export async function plausibilityOfTable(body: TableBody, context: Context): Promise<readonly Fault[]> {
  const key = `plausible table|${sha256(JSON.stringify(body))}`;
  const make = () => faultsOf(body, context);
  return context.ledger.memoize(await context.snapshot(), key, make, (made) => 1 + 20 * made.length);
}

async function faultsOf(body: TableBody, context: Context): Promise<readonly Fault[]> {
  const { catalogue } = await context.snapshot();
  const metrics = new Map(catalogue.metrics.map((metric) => [metric.slug, metric]));
  const measures = [...new Set(body.rows.map(({ measure }) => measure))].flatMap((slug) => {
    const metric = metrics.get(slug.split("/")[2]!);
    return metric && isBounded({ metric }) ? [{ slug, metric }] : [];
  });
  const known = await knownValues(context);
  const facts = knownFacts(measures, catalogue);
  const rows = body.models.map((): TableRow[] => []);
  for (const row of body.rows) if (Object.hasOwn(facts.bounds, row.measure)) rows[row.of]!.push(row);
  const slugs = await knownSlugs(body.models, context);
  const { fits, fitOf } = await fitsFor(slugs, known, context);
  const offers = body.models.map(
    ({ method }, of): OfferedMethod => ({
      slug: slugs[of] ?? method,
      values: rows[of]!.map(({ measure, value, interval, n, seeds, protocol }) => ({
        ...{ measure, value, sampleSize: n, protocol },
        interval: interval && { lower: interval[0], upper: interval[1] },
        seeds: seeds.length > 0 ? seeds : null,
      })),
      fit: fitOf[of]!,
      row: known.rowOf.get(slugs[of] ?? "") ?? -1,
    }),
  );
  const { methods, measures: columns, values } = known;
  const ledger = { methods, measures: columns, values, fits };
  const isHeavy = body.rows.length * (methods.length + offers.length) > FEW_COMPARISONS;
  const found = await computeWhere(isHeavy, "table", { ledger, facts, offers }, context);
  const said = new Set(body.warnings.map(({ kind, place }) => `${kind} ${place}`));
  return found
    .map((finding) => faultOf(finding, rows[finding.offer]!, body.models[finding.offer]!))
    .filter(({ code, place }) => !SAID[code!]?.some((kind) => said.has(`${kind} ${place}`)));
}

/** Of each model: the slug of the method that it is known as. */
async function knownSlugs(models: readonly TableModel[], context: Context): Promise<(string | undefined)[]> {
  const { catalogue } = await context.snapshot();
  const names = models.flatMap(({ aliases }, of) =>
    aliases.map((alias) => {
      const at = alias.indexOf(":");
      return { of, kind: alias.slice(0, at), name: alias.slice(at + 1) };
    }),
  );
  const rows = await context.db.sql<{ of: number; slug: string }>(
    `select x.of, m.slug from jsonb_to_recordset($1::jsonb) as x(of int, kind text, name text)
      join alias a on a.kind = x.kind and lower(a.name) = lower(x.name)
      join method m on m.id = a.method_id order by x.of, a.method_id`,
    [JSON.stringify(names)],
  );
  const found = models.map(({ method }) => catalogue.findMethod(method)?.slug);
  // Of several, the first one's stands.
  for (const { of, slug } of rows.toReversed()) found[of] = slug;
  return found;
}

/** Fits that know nothing of what is held against them, and which of them is for which model. */
async function fitsFor(slugs: readonly (string | undefined)[], known: Known, context: Context) {
  const rows = [...new Set(slugs.flatMap((slug) => known.rowOf.get(slug ?? "") ?? []))];
  const groups = Math.min(MOST_FITS, rows.length);
  const left = Array.from({ length: groups }, (_, group) => rows.filter((_, at) => at % groups === group));
  const groupOf = new Map(rows.map((row, at) => [row, at % groups]));
  const fitOf = slugs.map((slug) => groupOf.get(known.rowOf.get(slug ?? "") ?? -1) ?? groups);
  // The one of all values comes last, where a model is new.
  const all = fitOf.includes(groups) ? [...left, []] : left;
  return { fits: await Promise.all(all.map((out) => fitWithout(out, known, context))), fitOf };
}

/** The row of a table's place. */
const rowOf = (place: string) => place.replace(/, column .*$/, "");

function faultOf(
  { value, code, severity, message }: TableFinding,
  rows: readonly TableRow[],
  { checkpoint }: TableModel,
): Fault {
  if (value !== null) return fault(rows[value]!.place, message, { code, severity });
  const [first] = rows as readonly [TableRow, ...TableRow[]];
  return fault(rowOf(first.place), `${shorten(checkpoint.name, 100)}: ${message}`, { code, severity });
}
