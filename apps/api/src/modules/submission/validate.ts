/** Every fault of a submission at once: its shape first, then what only the catalogue can tell. */

import { shorten } from "../../errors.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { FAMILIES, type Measure } from "../catalogue/entities.ts";
import { nearest } from "../catalogue/nearest.ts";
import { type SubmissionBody, submissionSchema } from "./body.ts";
import { type Draft, type Fault, fault, type Path } from "./faults/fault.ts";
import { nearestMeasures } from "./nearest-measures.ts";
import { measureToBe } from "./new-measure.ts";
import { type Parts, partsOf, type ReadValue } from "./parts.ts";
import { protocolFaults } from "./protocols.ts";
import { textFaults } from "./text.ts";

export interface Validated {
  /** Null where the shape is wrong. */
  readonly body: SubmissionBody | null;
  /** What could be read of it, whatever its shape; null where its text cannot even be kept. */
  readonly parts: Parts | null;
  readonly faults: readonly Fault[];
}

type PlaceOf = Draft["placeOf"];

export function validate(draft: Draft, catalogue: Catalogue): Validated {
  // Nothing could be read: what the reader said is all there is to say.
  if (draft.body === null && draft.faults.length > 0)
    return { body: null, parts: null, faults: draft.faults };
  const unreadable = textFaults(draft);
  if (unreadable.length > 0) return { body: null, parts: null, faults: [...draft.faults, ...unreadable] };
  const { success, data, error } = submissionSchema.safeParse(draft.body);
  const parts = partsOf(draft.body);
  return {
    body: success ? data : null,
    parts,
    faults: [
      ...draft.faults,
      ...(error ? shapeFaults(error.issues, draft) : []),
      ...methodFaults(parts, catalogue, draft),
      ...duplicates(parts.values, draft.placeOf),
      ...parts.values.flatMap((value) => valueFaults(value, catalogue, draft.placeOf)),
      ...protocolFaults(parts, draft.placeOf),
    ],
  };
}

type Issues = NonNullable<ReturnType<typeof submissionSchema.safeParse>["error"]>["issues"];

function shapeFaults(issues: Issues, draft: Draft): Fault[] {
  return issues.flatMap((issue) => {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) =>
        fault(draft.placeOf([...path, key]), `There is no field '${shorten(key)}' here.`, {
          expected: "a field of the submission's JSON Schema",
        }),
      );
    }
    if (isAbsent(issue, draft.body)) {
      if (draft.explained?.has(path.filter((part) => typeof part === "string").join("."))) return [];
      return [shapeFault(issue, path, draft)];
    }
    if (issue.code === "invalid_value") return [notOneOf(issue.values.map(String), path, draft)];
    return [shapeFault(issue, path, draft)];
  });
}

/** Whether the issue is that nothing is there. What a CSV or a folder does not say of its method is the method's slug. */
const isAbsent = (issue: Issues[number], body: unknown) =>
  (issue.code === "invalid_type" || issue.code === "invalid_value") &&
  at(body, issue.path as Path) === undefined;

/** What a path leads to in the draft. */
const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | null)?.[key], value);

function notOneOf(known: readonly string[], path: Path, { body, placeOf }: Draft): Fault {
  const found = at(body, path);
  const expected = `one of ${known.join(", ")}`;
  if (typeof found !== "string") return fault(placeOf(path), "This is not a name.", { expected });
  return fault(placeOf(path), `There is no '${shorten(found, 40)}'.`, {
    expected,
    nearest: nearest(found, known, 1),
  });
}

/** In our words: a validator's own are not for people who write a file. */
function shapeFault(issue: Issues[number], path: Path, { body, placeOf }: Draft): Fault {
  const place = placeOf(path);
  const found = at(body, path);
  switch (issue.code) {
    case "invalid_type":
      return found === undefined || found === null
        ? fault(place, `'${path.at(-1) ?? "The submission"}' is missing.`, {
            expected: `a ${issue.expected}`,
          })
        : fault(place, `${shown(found)} is not what belongs here.`, {
            expected: `${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`,
          });
    case "too_small":
      return fault(place, Array.isArray(found) ? "The list is empty." : `${shown(found)} is too little.`, {
        expected: `${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${sizeOf(found)}`,
      });
    case "too_big":
      return fault(place, `${shown(found)} is too much.`, {
        expected: `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${sizeOf(found)}`,
      });
    default:
      return fault(place, `${shown(found)} does not have the right form.`, {
        expected: issue.message.replace(/^expected /, "").replace(/\.$/, ""),
      });
  }
}

function shown(found: unknown): string {
  if (typeof found === "string") return `'${shorten(found, 40)}'`;
  if (Array.isArray(found)) return `A list of ${found.length}`;
  return typeof found === "object" ? "An object" : String(found);
}

const sizeOf = (found: unknown) =>
  typeof found === "string" ? " letters" : Array.isArray(found) ? " items" : "";

function methodFaults({ method }: Parts, catalogue: Catalogue, draft: Draft): Fault[] {
  const { placeOf, methodPlace } = draft;
  if (!method || catalogue.findMethod(method.slug)) return [];
  const near = nearest(
    method.slug,
    catalogue.methods.map(({ slug }) => slug),
  );
  const missing = (["name", "family"] as const).filter((field) => !method.given.has(field));
  return missing.map((field) =>
    fault(
      placeOf(["method", field]),
      `'${method.slug}' is a new method, and a new method needs its ${field}.`,
      {
        expected: `${field === "name" ? "its name for people" : `one of ${FAMILIES.join(", ")}`}${methodPlace === undefined ? "" : `, ${methodPlace}`}`,
        nearest: near,
      },
    ),
  );
}

function duplicates(values: readonly ReadValue[], placeOf: PlaceOf): Fault[] {
  const seen = new Map<string, number>();
  return values.flatMap(({ measure, under, at: i }) => {
    const key = `${measure} ${under}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, i);
      return [];
    }
    const before = placeOf(["values", first, "measure"]);
    return [
      fault(placeOf(["values", i, "measure"]), `'${measure}' is here already, at ${before}.`, {
        expected: "one value a measure and protocol",
      }),
    ];
  });
}

function unknownMeasure(slug: string, path: Path, catalogue: Catalogue, placeOf: PlaceOf): Fault[] {
  if (catalogue.findMeasure(slug)) return [];
  if (measureToBe(slug, catalogue)) {
    const message = `There is no measure '${shorten(slug)}' yet: it is added with the submission.`;
    return [fault(placeOf([...path, "measure"]), message, { severity: "WARNING" })];
  }
  const near = nearestMeasures(
    slug,
    catalogue.measures.map((measure) => measure.slug),
  );
  return [
    fault(placeOf([...path, "measure"]), `There is no measure '${shorten(slug)}'.`, {
      expected: "a measure of the board: setting/dataset/metric",
      nearest: near,
    }),
  ];
}

function valueFaults(value: ReadValue, catalogue: Catalogue, placeOf: PlaceOf): Fault[] {
  const path: Path = ["values", value.at];
  const measure = measureToBe(value.measure, catalogue);
  if (!measure) return unknownMeasure(value.measure, path, catalogue, placeOf);
  return [
    ...unknownMeasure(value.measure, path, catalogue, placeOf),
    ...(value.value === undefined ? [] : boundFaults(value.value, measure, placeOf([...path, "value"]))),
    ...intervalFaults(value, measure, placeOf([...path, "interval"])),
  ];
}

function boundFaults(value: number, { metric }: Measure, place: string): Fault[] {
  const { lower, upper, unit, title } = metric;
  if ((lower !== null && value < lower) || (upper !== null && value > upper)) {
    const bounds = `${lower ?? "anything"} to ${upper ?? "anything"} ${unit}`;
    return [fault(place, `${value} is out of the bounds of ${title}.`, { expected: bounds, code: "BOUND" })];
  }
  if (unit === "%" && value > 0 && value <= 1) {
    const message = `${value} looks like a fraction, and ${title} is in percent: ${value * 100} if so.`;
    return [fault(place, message, { expected: "0 to 100 %", severity: "WARNING", code: "FRACTION" })];
  }
  return [];
}

function intervalFaults({ value, interval }: ReadValue, measure: Measure, place: string): Fault[] {
  if (!interval) return [];
  const { lower, upper } = interval;
  if (lower > upper) {
    return [
      fault(place, `The interval's lower end ${lower} is above its upper end ${upper}.`, {
        expected: "lower, then upper",
        code: "INTERVAL_ORDER",
      }),
    ];
  }
  if (value !== undefined && (value < lower || value > upper)) {
    return [
      fault(place, `The interval ${lower} to ${upper} does not contain its value ${value}.`, {
        expected: "lower <= value <= upper",
        code: "INTERVAL_VALUE",
      }),
    ];
  }
  const { metric } = measure;
  const outside =
    (metric.lower !== null && lower < metric.lower) || (metric.upper !== null && upper > metric.upper);
  return outside
    ? [fault(place, "The interval reaches beyond the metric's bounds.", { severity: "WARNING" })]
    : [];
}
