/** Running graphs: sessions in worker threads, devices. The only room that imports onnxruntime-node. */
export { RuntimeError } from "./client.ts";
export {
  assumeDevice,
  chooseDevice,
  DEVICE_CHOICES,
  type DeviceChoice,
  type DeviceReport,
  listDevices,
} from "./devices.ts";
export type { Device } from "./messages.ts";
export type { ProcessLimits } from "./process.ts";
export { openSession, type RunOptions, type Session, type SessionOptions, type State } from "./session.ts";
export { leastBusy, type ThreadOptions, WorkerThread } from "./thread.ts";
export { versionOf } from "./version.ts";
