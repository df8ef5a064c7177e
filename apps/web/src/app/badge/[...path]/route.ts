/** Badges for READMEs. */
export { passThrough as GET } from "../../../lib/passthrough";
