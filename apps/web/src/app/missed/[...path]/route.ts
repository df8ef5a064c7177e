/** Small pictures of test images that methods miss. */
export { passThrough as GET } from "../../../lib/passthrough";
