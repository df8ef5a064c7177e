/** The state of a view is in its address: reading and writing query strings. */

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** Set by the proxy: the address that was asked for, where another page stands in for it. */
export const askedHeader = "x-asked-for";

export type Query = Readonly<Record<string, string | undefined>>;

/** Values that a form without script sends once for each box that is ticked; the site writes them parted by commas. */
const lists: ReadonlySet<string> = new Set([
  "augmentation",
  "domain",
  "family",
  "methods",
  "protocol",
  "provenance",
  "withoutAugmentation",
]);

/** The last value of each name; of a list all, parted by commas. */
export async function readQuery(params: SearchParams): Promise<Query> {
  const read: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(await params)) {
    if (!Array.isArray(value)) read[name] = value;
    else read[name] = lists.has(name) ? value.join(",") : value.at(-1);
  }
  return read;
}

/** The query string with some values changed; undefined and "" remove. Starts with "?" also when empty. */
export function withQuery(query: Query, changes: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, ...changes })) if (value) params.set(name, value);
  return `?${params}`;
}

/** A value that must be one of a list; anything else is read as absent. */
export function oneOf<T extends string>(allowed: readonly T[], value: string | undefined): T | undefined {
  return allowed.find((one) => one === value);
}

export function listOf<T extends string>(allowed: readonly T[], value: string | undefined): T[] {
  const asked = value?.split(",") ?? [];
  return allowed.filter((one) => asked.includes(one));
}

/** A board's page; the overview's is the home page. */
export const suiteAddress = (slug: string) =>
  slug === "overview" ? "/" : `/suites/${slug.split("/").map(encodeURIComponent).join("/")}`;

/**
 * The moment that `asOf` names: the end of a day (in UTC), or an exact time. Undefined where it names none.
 */
export function readMoment(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const moment = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59.999Z` : text);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
