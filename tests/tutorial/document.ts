/** Reads the files that a document shows: `name:` on a line of its own, then an indented block. */
export function fileIn(document: string, name: string): string {
  const heading = `\n${name}:\n\n`;
  const at = document.indexOf(heading);
  const block = at < 0 ? null : /^((?: {4}.*)?\n)+/.exec(document.slice(at + heading.length))?.[0];
  if (!block) throw new Error(`The document shows no file ${name}.`);
  return `${block.replace(/^ {4}/gm, "").trimEnd()}\n`;
}
