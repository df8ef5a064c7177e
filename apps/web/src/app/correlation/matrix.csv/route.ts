/** The matrix in long form: one row a pair. Slugs and numbers need no quoting. */
import { readQuery } from "../../../lib/address";
import { filterFaults } from "../../../lib/filter-faults";
import { readMatrix } from "../matrix/query";

export const dynamic = "force-dynamic";

export async function GET(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const asked = Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]),
  );
  const query = await readQuery(Promise.resolve(asked));
  const faults = filterFaults(query);
  if (faults.length > 0) return new Response(`${faults.join("\n")}\n`, { status: 400 });
  const matrix = await readMatrix(query);
  const lines = matrix.variables.flatMap((x, i) =>
    matrix.variables
      .slice(i + 1)
      .map((y, j) =>
        [
          x.slug,
          y.slug,
          matrix.coefficient.toLowerCase(),
          matrix.coefficients[i]?.[i + 1 + j] ?? "",
          matrix.counts[i]?.[i + 1 + j] ?? 0,
          matrix.intervals[i]?.[i + 1 + j]?.lower ?? "",
          matrix.intervals[i]?.[i + 1 + j]?.upper ?? "",
          matrix.pValues[i]?.[i + 1 + j] ?? "",
          matrix.adjustedPValues[i]?.[i + 1 + j] ?? "",
        ].join(","),
      ),
  );
  return new Response(["x,y,coefficient,value,n,lower,upper,p,p_holm", ...lines, ""].join("\n"), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="correlation-matrix.csv"',
      "cache-control": "no-store",
      "x-ledger-position": matrix.position,
    },
  });
}
