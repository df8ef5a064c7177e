/** Boards and the ledger as files. */
export { passThrough as GET } from "../../../lib/passthrough";
