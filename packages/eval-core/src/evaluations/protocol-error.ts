/** A setting or mode that is none; the message lists the known ones. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}
