/** Citations as files. */
export { passThrough as GET } from "../../../lib/passthrough";
