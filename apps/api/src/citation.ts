/** BibTeX for an answer of ours: what was asked, and as of when, so that a reader can get the same answer. */

/** Braces and backslashes would end or bend an entry. */
const plain = (text: string) => text.replace(/[\\{}]/g, "").replace(/[&%$#_]/g, (sign) => `\\${sign}`);

/** What ends an entry, or a line of it, is written as its bytes: the address stays the same. */
const inBraces = (url: string) => url.replace(/[{}\\^\s]/g, encodeURIComponent);

export interface Citation {
  readonly key: string;
  readonly title: string;
  readonly url: string;
  readonly asOf: Date;
  /** More that a reader of the entry should know. */
  readonly note?: string;
}

/** Its key names the moment: a paper may cite a board twice. */
export function citeAnswer({ key, title, url, asOf, note }: Citation): string {
  const moment = asOf.toISOString();
  const name = `${key}-${moment.slice(0, 19).replaceAll(":", "")}`.replace(/[^a-zA-Z0-9]+/g, "-");
  return `@misc{transferboard-${name},
  title = {${plain(title)}},
  author = {{transferboard}},
  year = {${asOf.getUTCFullYear()}},
  howpublished = {\\url{${inBraces(url)}}},
  note = {As of ${moment}${note === undefined ? "" : `; ${plain(note)}`}}
}`;
}

/** The address of the same answer, of that moment. `query` holds a value, or all values, of each name. */
export function pinnedAddress(path: string, query: object, asOf: Date): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, string | string[]][]) {
    if (name !== "asOf") for (const one of [value].flat()) parameters.append(name, one);
  }
  parameters.append("asOf", asOf.toISOString());
  // What people paste into papers: signs that an address may hold stay as they are.
  return `${path}?${String(parameters).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",")}`;
}
