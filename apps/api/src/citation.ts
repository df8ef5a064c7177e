/** BibTeX for an answer of ours: what was asked, and as of when, so that a reader can get the same answer. */

/** Braces and backslashes would end or bend an entry. */
const plain = (text: string) => text.replace(/[\\{}]/g, "").replace(/[&%$#_]/g, (sign) => `\\${sign}`);

export interface Citation {
  readonly key: string;
  readonly title: string;
  readonly url: string;
  readonly asOf: Date;
}

export function citeAnswer({ key, title, url, asOf }: Citation): string {
  const moment = asOf.toISOString();
  return `@misc{transferboard-${key.replace(/[^a-zA-Z0-9]+/g, "-")},
  title = {${plain(title)}},
  author = {{transferboard}},
  year = {${asOf.getUTCFullYear()}},
  howpublished = {\\url{${url}}},
  note = {As of ${moment}}
}`;
}
