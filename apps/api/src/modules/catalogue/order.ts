/** The order of names. */
import type { Method } from "./entities.ts";

const collator = new Intl.Collator("en");
/** By name as people read it, then by slug, which is unique. */
export function compareNames(a: Method, b: Method): number {
  return collator.compare(a.name, b.name) || (a.slug < b.slug ? -1 : 1);
}
