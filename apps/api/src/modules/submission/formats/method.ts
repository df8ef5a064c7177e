/**
 * The method of formats that only name it: its slug out of that name, and what else there is to say of a new one out of a
 * place beside, in our JSON form.
 */
import { isWritten, slugOfParts } from "@transferboard/eval-core/tensor";
import { shorten } from "../../../errors.ts";
import { type Fault, fault, type Path } from "../faults/fault.ts";

/**
 * "facebook/SwAV 2" -> "facebook.swav-2": a name with its organisation is another's than the name alone, so a result of
 * someone's own SwAV is never credited to ours.
 */
export function slugOf(name: unknown): string {
  const parts = partsOf(name);
  // A name without a letter or digit is none.
  return parts.every((part) => /[\p{L}\p{N}]/u.test(part)) ? slugOfParts(parts, "model") : "";
}

const partsOf = (name: unknown): string[] =>
  String(name ?? "")
    .split("/")
    .map((part) => part.trim())
    .filter(Boolean);

/** What has no place in a slug and parts no words either: "SwAV*" may be another than SwAV. */
const LOST = /[^\p{L}\p{N}\p{M}\s\-_.,:;()[\]'"/+]/u;

/** A warning where a slug does not say all of its name: it carries a few digits of its hash, or a sign is not in it. */
export function nameWarnings(name: unknown, fields: unknown, place: string): Fault[] {
  const told = typeof fields === "object" && fields !== null && "slug" in fields;
  const slug = slugOf(name);
  if (told || slug === "") return [];
  const parts = partsOf(name);
  const [sign] = LOST.exec(parts.join("")) ?? [];
  const isWhole =
    parts.every((part) => isWritten(part, "model")) && slug === parts.map((part) => slugOf(part)).join(".");
  if (isWhole && sign === undefined) return [];
  const why = isWhole
    ? `has '${sign}', which no slug has`
    : "cannot be written whole with 100 letters a to z";
  return [
    fault(place, `'${shorten(String(name), 60)}' ${why}: its slug is '${slug}'.`, {
      expected: "a slug of your own, told as the method's 'slug'",
      severity: "WARNING",
    }),
  ];
}

/** What stands beside overrides the name; what is no object is left for validation to refuse. */
export function methodWith(name: unknown, fields: unknown): unknown {
  if (fields === undefined) return { slug: slugOf(name) };
  const isObject = typeof fields === "object" && fields !== null && !Array.isArray(fields);
  return isObject ? { slug: slugOf(name), ...fields } : fields;
}

/** Where a part of the method is: the slug in the name, unless it was told beside; everything else beside. */
export function placeOfMethod(path: Path, fields: unknown, name: Path, beside: Path): Path {
  const told = typeof fields === "object" && fields !== null && "slug" in fields;
  return path[1] === "slug" && !told ? name : [...beside, ...path.slice(1)];
}
