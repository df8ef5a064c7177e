/** Feeds of changes. */
export { passThrough as GET } from "../../../lib/passthrough";
