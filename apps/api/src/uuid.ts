/** The ids of submissions, runs and tokens. */
import { randomBytes } from "node:crypto";

/** Whether a text can be a UUID: anything else would be an error of Postgres, not an id that is not there. */
const FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isUuid = (text: string) => FORM.test(text);

/** A UUID of version 7 (RFC 9562): 48 bits of time, so that new rows lie together in an index, then randomness. */
export function uuidv7(now = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
