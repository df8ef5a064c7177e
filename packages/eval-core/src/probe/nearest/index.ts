export { type CandidateOptions, type Candidates, findCandidates, SPARE } from "./candidates.ts";
export { type DeviceRows, openDeviceRows, similarityError } from "./device.ts";
export { comesBefore, exactNearest, type Nearest } from "./exact.ts";
export { Cosines, normsOf, type Rows, RowsError, rowsOf, unitRows } from "./rows.ts";
