/** What runs answered for every test image, as files. */
export { passThrough as GET } from "../../../lib/passthrough";
