/** The faults of eval-core's readers, as those of a submission. */
import type { FaultSink } from "@transferboard/eval-core/formats";
import { type Fault, fault } from "../faults/fault.ts";

export class ReaderFaults implements FaultSink {
  readonly list: Fault[] = [];
  readonly #expected: Readonly<Record<string, string>>;

  /** @param expected what a fault of a kind says was expected */
  constructor(expected: Readonly<Record<string, string>> = {}) {
    this.#expected = expected;
  }

  fault(place: string, kind: string, message: string): void {
    this.list.push(fault(place, message, { expected: this.#expected[kind] ?? null }));
  }
}
