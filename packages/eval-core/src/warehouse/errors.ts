/** The record cannot take what it was given: one sentence on what was expected, what was found, and what to do. */
export class WarehouseError extends Error {
  override readonly name = "WarehouseError";
}
