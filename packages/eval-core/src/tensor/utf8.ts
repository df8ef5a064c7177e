/** Bytes to text, where they are text: a letter that is lost in decoding is lost for good once it is recorded. */

export type Decoded = { readonly text: string } | { readonly wrong: string };

const starts = (bytes: Uint8Array, ...start: number[]) => start.every((byte, i) => bytes[i] === byte);

/** The text of UTF-8 bytes, its byte order mark off; or what is wrong, with the encoding that it seems to be. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  const other = otherEncoding(bytes);
  if (other !== undefined) return { wrong: `The text is ${other}, not UTF-8: save it as UTF-8.` };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return {
      wrong: `The text is not UTF-8 (${firstWrong(bytes)}); it seems to be Windows-1252 or Latin-1: save it as UTF-8.`,
    };
  }
}

/** By its byte order mark, or by the zeros that plain letters have in it. */
function otherEncoding(bytes: Uint8Array): string | undefined {
  if (starts(bytes, 0xff, 0xfe, 0, 0) || starts(bytes, 0, 0, 0xfe, 0xff)) return "UTF-32";
  if (starts(bytes, 0xff, 0xfe) || starts(bytes, 0xfe, 0xff)) return "UTF-16";
  const head = bytes.subarray(0, 200);
  const zeros = (parity: number) => head.filter((byte, i) => i % 2 === parity && byte === 0).length;
  const most = head.length / 2;
  return most >= 4 && Math.max(zeros(0), zeros(1)) > most * 0.7 && Math.min(zeros(0), zeros(1)) < most * 0.3
    ? "UTF-16 without a byte order mark"
    : undefined;
}

function firstWrong(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let start = 0;
  // Line by line: a line feed is no part of any longer sequence.
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== 0x0a) continue;
    try {
      decoder.decode(bytes.subarray(start, at));
    } catch {
      const byte = bytes.subarray(start, at).find((one) => one >= 0x80) ?? 0;
      return `line ${line} has the byte 0x${byte.toString(16)}`;
    }
    line++;
    start = at + 1;
  }
  return "its end is cut off";
}
