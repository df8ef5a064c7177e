/**
 * What the runtime's two sides say to each other: `client.ts` on the caller's thread asks, `worker.ts` answers.
 * Every request carries an id, and gets exactly one answer with the same id.
 */
import type { ValueInfo } from "../onnx/index.ts";
import type { AnyTensor } from "../tensor/index.ts";

/** Where a graph runs. */
export type Device = "cpu" | "webgpu" | "cuda";

export interface OpenOptions {
  readonly device: Device;
  /** Threads of one operator; the machine's cores unless told. */
  readonly threads?: number;
  /** Whether threads wait for each other by spinning while a run lasts. */
  readonly spin: boolean;
  /** Whether the CPU's memory is kept between operators. */
  readonly arena: boolean;
  /** Outputs that stay on the device between runs, to be fed back; the rest come to the CPU. */
  readonly stay: readonly string[];
  /** Refuse a graph of which any node would fall back to the CPU. */
  readonly noFallback: boolean;
}

export interface RunRequest {
  readonly session: number;
  readonly feeds: Readonly<Record<string, AnyTensor>>;
  /** The outputs to send back. */
  readonly fetch: readonly string[];
  /** Outputs to put into the state, each under the name it shall have there. */
  readonly keep: Readonly<Record<string, string>>;
}

/** A request and what it is answered with. */
export interface Protocol {
  open: {
    ask: { readonly model: Uint8Array | string; readonly options: OpenOptions };
    answer: {
      readonly session: number;
      readonly inputs: readonly ValueInfo[];
      readonly outputs: readonly ValueInfo[];
    };
  };
  run: { ask: RunRequest; answer: Readonly<Record<string, AnyTensor>> };
  close: { ask: { readonly session: number }; answer: null };
  set: { ask: { readonly name: string; readonly value: AnyTensor; readonly device: Device }; answer: null };
  read: { ask: { readonly name: string }; answer: AnyTensor };
  drop: { ask: { readonly name: string }; answer: null };
}

export type Verb = keyof Protocol;

export type Request = { [V in Verb]: { readonly id: number; readonly verb: V } & Protocol[V]["ask"] }[Verb];

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: Protocol[Verb]["answer"] }
  | { readonly id: number; readonly ok: false; readonly message: string };
