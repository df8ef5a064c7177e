/**
 * Holding what this build computes against golden answers of the field's own tools. A room that computes something
 * brings a `conformance.ts` of its own; the command has one line a kind (cli/conformance/kinds.ts).
 */
import type { AnyTensor } from "../tensor/index.ts";
import type { Finding } from "./finding.ts";
import type { GoldenFolder } from "./folder.ts";

export * from "./finding.ts";
export * from "./folder.ts";

export interface ConformanceContext {
  /** The device that networks run on: "auto", "cpu", "webgpu" or "cuda". */
  readonly device: "auto" | "cpu" | "webgpu" | "cuda";
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Runs one ONNX model on that device: rooms below the runtime have no other way to. */
  readonly run: (
    model: Uint8Array,
    inputs: Readonly<Record<string, AnyTensor>>,
    outputs?: readonly string[],
  ) => Promise<Record<string, AnyTensor>>;
}

/** One kind of golden folder, and how to hold it. */
export interface ConformanceKind {
  /** As the command names it, such as "linear". */
  readonly kind: string;
  /** One line of help: what is compared, and with whose answers. */
  readonly title: string;
  /** Whether anything runs on the device: else --device changes nothing, and the command says so. */
  readonly usesDevice: boolean;
  /** The goldens that ship. */
  readonly goldens: URL;
  /** Every case of the folder, one finding or more each, as they come. */
  check(folder: GoldenFolder, context: ConformanceContext): AsyncIterable<Finding>;
}

/**
 * A kind whose check is loaded when it runs: for folders whose index is read to learn what there is.
 * @param load the module's kind
 */
export function conformanceOnUse(
  facts: Omit<ConformanceKind, "check">,
  load: () => Promise<Pick<ConformanceKind, "check">>,
): ConformanceKind {
  return {
    ...facts,
    async *check(folder, context) {
      yield* (await load()).check(folder, context);
    },
  };
}
