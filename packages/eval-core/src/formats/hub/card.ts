/** The YAML of a model card: between the first two lines of hyphens, or the whole text. */

const FRONT = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** Before the first hyphens only white space and comments may stand, as on the Hub. */
export function frontOf(text: string): string {
  const whole = text.replace(/^\uFEFF/, "");
  let at = 0;
  for (;;) {
    const [blank = ""] = /^\s*/.exec(whole.slice(at, at + 10_000)) ?? [];
    at += blank.length;
    const isComment = whole.startsWith("<!--", at);
    if (!isComment && whole[at] !== "#") break;
    const end = isComment ? whole.indexOf("-->", at) : whole.indexOf("\n", at);
    if (end === -1) return whole;
    at = end + (isComment ? 3 : 1);
  }
  return FRONT.exec(whole.slice(at))?.[1] ?? whole;
}
