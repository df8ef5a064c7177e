/** Runs one kind over one folder: sessions on the chosen device, findings as they come. */
import { fileURLToPath } from "node:url";
import { type ConformanceKind, type Finding, GoldenFolder } from "../../conformance/index.ts";
import { type DeviceChoice, openSession } from "../../runtime/index.ts";

export interface CheckOptions {
  /** The shipped goldens unless told. */
  readonly folder?: string;
  readonly device: DeviceChoice;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export const shippedGoldens = (kind: ConformanceKind): string => fileURLToPath(kind.goldens);

export async function* checkConformance(
  kind: ConformanceKind,
  options: CheckOptions,
): AsyncGenerator<Finding> {
  const { device, threads, signal } = options;
  using folder = new GoldenFolder(options.folder ?? shippedGoldens(kind));
  const limits = threads === undefined ? {} : { threads };
  yield* kind.check(folder, {
    device,
    ...limits,
    ...(signal ? { signal } : {}),
    run: async (model, inputs, outputs) => {
      const session = await openSession(model, { device, ...limits });
      try {
        return await session.run(inputs, outputs);
      } finally {
        await session.close();
      }
    },
  });
}
