/** Pictures that evaluations made. */
export { passThrough as GET } from "../../../lib/passthrough";
