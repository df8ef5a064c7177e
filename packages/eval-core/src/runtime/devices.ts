/**
 * Which devices work here. Each is tried for real, with a graph of one node in a process of its own: a driver
 * that aborts, or prints to standard error, then costs us nothing.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { RuntimeError } from "./client.ts";
import type { Device } from "./messages.ts";

export type DeviceChoice = Device | "auto";

export const DEVICE_CHOICES: readonly DeviceChoice[] = ["auto", "cpu", "webgpu", "cuda"];

export interface DeviceReport {
  readonly device: Device;
  readonly works: boolean;
  /** Why not; absent where it works. */
  readonly reason?: string;
}

/** In the order in which `auto` prefers them. */
const PREFERENCE: readonly Device[] = ["cuda", "webgpu", "cpu"];
const PROBE_TIMEOUT_MS = 60_000;
const probes = new Map<Device, Promise<DeviceReport>>();

/** Tries every device once a process. */
export function listDevices(): Promise<DeviceReport[]> {
  return Promise.all(PREFERENCE.map(tryDevice));
}

/**
 * The device that a choice comes to.
 * @throws RuntimeError when the device asked for does not work here, saying why.
 */
export async function chooseDevice(choice: DeviceChoice): Promise<Device> {
  if (choice === "cpu") return "cpu";
  if (choice !== "auto") {
    const { works, reason } = await tryDevice(choice);
    if (works) return choice;
    throw new RuntimeError(`the device '${choice}' does not work here: ${reason}; use 'cpu' or 'auto'`);
  }
  const reports = await Promise.all(PREFERENCE.filter((device) => device !== "cpu").map(tryDevice));
  return reports.find((report) => report.works)?.device ?? "cpu";
}

/** In a process that may start no other: this device was tried by whoever started it. */
export function assumeDevice(device: Device): void {
  probes.set(device, Promise.resolve({ device, works: true }));
}

function tryDevice(device: Device): Promise<DeviceReport> {
  let probe = probes.get(device);
  if (!probe) {
    probe = probeDevice(device);
    probes.set(device, probe);
  }
  return probe;
}

function probeDevice(device: Device): Promise<DeviceReport> {
  const script = fileURLToPath(new URL("./probe.ts", import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [script, device], { timeout: PROBE_TIMEOUT_MS }, (error, stdout) => {
      const said = stdout.trim().split("\n").at(-1) ?? "";
      if (!error && said === "works") resolve({ device, works: true });
      else
        resolve({
          device,
          works: false,
          reason: said ? plain(said) : `the trial ended with ${error?.message}`,
        });
    });
  });
}

/** The reason inside onnxruntime's message, without source paths. */
function plain(message: string): string {
  if (/Cuda|cuda/.test(message) && /shared library/.test(message)) {
    return "onnxruntime's CUDA libraries are not installed";
  }
  const adapter = /Failed to get a WebGPU adapter: (.*)/.exec(message);
  if (adapter) return `no graphics adapter (${adapter[1]!.replace(/[.\s]+$/, "")})`;
  return message.replace(/\S*\/\S+:\d+ /g, "").trim();
}
