/** Numbers that cannot be, or hardly: 40 bad submissions, 40 honest ones, and the paper's methods against each other. */
import { exactly, type Finding, finding, type GoldenFolder } from "../../conformance/index.ts";
import { checkPlausibility } from "../plausibility/check.ts";
import { PUBLISHED_FACTS } from "../plausibility/facts.ts";
import type { OfferedValue } from "../plausibility/input.ts";
import { PlausibilityLedger } from "../plausibility/ledger.ts";
import type { PaperTable } from "./paper-table.ts";

interface GoldenSubmission {
  readonly id: string;
  readonly note: string;
  readonly expect?: readonly {
    readonly codes: string[];
    readonly severity: string;
    readonly places: string[];
  }[];
  readonly submission: {
    readonly method: { readonly slug: string };
    readonly values: readonly OfferedValue[];
  };
}

export function checkSubmissions(root: GoldenFolder, { methods, measures, values }: PaperTable): Finding[] {
  const folder = root.folder("submissions");
  const ledgerOf = (rows: readonly number[]) =>
    PlausibilityLedger.of(
      rows.map((row) => methods[row]!),
      measures,
      rows.map((row) => values[row]!),
      PUBLISHED_FACTS.bounds,
    );
  const all = ledgerOf(methods.map((_, row) => row));
  const check = ({ submission: { method, values: offered } }: GoldenSubmission) =>
    checkPlausibility({ method: method.slug, values: offered }, all, PUBLISHED_FACTS);
  const bad = folder.json<{ cases: GoldenSubmission[] }>("bad.json").cases.map((one) => {
    const found = check(one);
    const missed = one.expect!.filter(
      ({ codes, severity, places }) =>
        !found.some(
          (own) => codes.includes(own.code) && own.severity === severity && places.includes(own.place),
        ),
    );
    const codes = found.map(({ code, place }) => `${code} at ${place}`).join(", ") || "nothing";
    return exactly(one.id, one.note, missed.length === 0, `found ${codes}`);
  });
  const honest = folder.json<{ cases: GoldenSubmission[] }>("honest.json").cases;
  const warned = honest.filter((one) => check(one).length > 0);
  const blamed = methods.flatMap((method, row) => {
    const others = ledgerOf(methods.map((_, i) => i).filter((i) => i !== row));
    const own = measures.map((measure, j) => ({ measure, value: values[row]![j]! }));
    return checkPlausibility({ method, values: own }, others, PUBLISHED_FACTS).map(
      ({ code, place }) => `${method}: ${code} at ${place}`,
    );
  });
  return [
    ...bad,
    finding(
      "honest.json",
      `honest submissions of ${honest.length} that are warned of`,
      warned.length,
      1,
      warned.map(({ id }) => id).join(", ") || undefined,
    ),
    exactly("paper.json", "no finding in the paper's own values", blamed.length === 0, blamed.join("; ")),
  ];
}
