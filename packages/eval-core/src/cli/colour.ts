/** Colour on a terminal, and nowhere else: NO_COLOR switches it off (no-color.org), FORCE_COLOR on. */
export interface Colours {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

export interface Stream {
  readonly isTTY?: boolean;
}

export function isColoured(
  stream: Stream,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && env.TERM !== "dumb";
}

export function colours(stream: Stream, env?: Readonly<Record<string, string | undefined>>): Colours {
  const on = isColoured(stream, env);
  const style = (code: number, end: number) => (text: string) =>
    on ? `\x1b[${code}m${text}\x1b[${end}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
  };
}
