/** Relay's global ids, as the node query reads them. */
import { decodeGlobalID, encodeGlobalID } from "@pothos/plugin-relay";
import { BadInput } from "./errors.ts";

export const globalId = (type: string, id: string | number | bigint) => encodeGlobalID(type, String(id));

/** The id within its type. @throws BadInput when it is another type's or no global id at all. */
export function localId(type: string, id: string): string {
  try {
    const decoded = decodeGlobalID(id);
    if (decoded.typename === type) return decoded.id;
  } catch {
    // Said below, in our words.
  }
  throw new BadInput(`'id' is not the global id of a ${type}: use an id as it was answered.`);
}
