/**
 * The method of formats that only name it: its slug out of that name, and what else there is to say of a new one out of a
 * place beside, in our JSON form.
 */
import { isWritten, slugOf as nameToSlug } from "@transferboard/eval-core/tensor";
import { shorten } from "../../../errors.ts";
import { type Fault, fault, type Path } from "../faults/fault.ts";

/**
 * "facebook/SwAV 2" -> "facebook.swav-2": a name with its organisation is another's than the name alone, so a result of
 * someone's own SwAV is never credited to ours.
 */
export function slugOf(name: unknown): string {
  const parts = String(name ?? "")
    .split("/")
    .map((part) => part.trim())
    .filter(Boolean);
  // A name without a letter or digit is none.
  if (!parts.every((part) => /[\p{L}\p{N}]/u.test(part))) return "";
  return parts
    .map((part) => nameToSlug(part, "model", { dots: true }))
    .join(".")
    .slice(0, 100)
    .replace(/[-.]+$/, "");
}

/** A warning where a name could not be written with a to z, so that its slug carries a few digits of its hash. */
export function nameWarnings(name: unknown, fields: unknown, place: string): Fault[] {
  const told = typeof fields === "object" && fields !== null && "slug" in fields;
  const parts = String(name ?? "")
    .split("/")
    .filter(Boolean);
  if (told || slugOf(name) === "" || parts.every((part) => isWritten(part, "model"))) return [];
  const message = `'${shorten(String(name), 60)}' has letters that cannot be written with a to z: its slug is '${slugOf(name)}'.`;
  return [
    fault(place, message, {
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
