/** Refuses a body that is not UTF-8: decoded all the same, its letters would be lost without a word. */
import type { IncomingMessage } from "node:http";
import { decodeUtf8 } from "@transferboard/eval-core/tensor";
import { BadInput } from "../errors.ts";

/** For body-parser's `verify`. @throws BadInput naming the encoding that it seems to be */
export function requireUtf8(_request: IncomingMessage, _response: unknown, bytes: Buffer): void {
  const decoded = decodeUtf8(bytes);
  if ("wrong" in decoded) throw new BadInput(decoded.wrong);
}
