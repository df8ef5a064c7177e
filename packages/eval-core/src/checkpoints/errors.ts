/** A checkpoint that cannot be used; the message is one sentence for the user, on one line. */
export class CheckpointError extends Error {
  override name = "CheckpointError";
}

/** Text from a file, made safe to stand in a one-line message: control characters escaped, cut when long. */
export function quoted(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return `'${shown.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`)}'`;
}

/** "a, b, c and 4 more". */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
