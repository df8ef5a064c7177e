/**
 * The method of formats that only name it: its slug out of that name, and what else there is to say of a new one out of a
 * place beside, in our JSON form.
 */
import type { Path } from "../faults.ts";

/** "facebook/SwAV 2" -> "swav-2" */
export const slugOf = (name: unknown): string =>
  String(name ?? "")
    .split("/")
    .at(-1)!
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");

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
