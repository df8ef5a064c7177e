/**
 * What a fine-tuning run leaves on disk so that it can be killed at any moment: the configurations that are finished,
 * and the one at hand with every tensor its next step depends on. Files are whole or absent, never half written.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadTensors } from "../backbones/index.ts";
import { saveSafetensors } from "../checkpoints/index.ts";
import { writeFileAtomically } from "../tensor/index.ts";
import type { AnyTensor } from "../tensor/tensor.ts";
import { readSafetensorsMetadata } from "./safetensors-metadata.ts";

/** A configuration in the middle: `index` counts the grid's, and the grid's length stands for the refit. */
export interface Unfinished {
  readonly index: number;
  /** Steps made. */
  readonly step: number;
  /** The loss of every one of them. */
  readonly losses: readonly number[];
  readonly tensors: ReadonlyMap<string, AnyTensor>;
}

export class FinetuneState<FinishedConfiguration> {
  readonly #folder: string | undefined;
  readonly #identity: string;
  readonly finished: FinishedConfiguration[] = [];

  /**
   * @param folder where the run lives; undefined keeps nothing.
   * @param identity of what is run: a folder with another's work is started over.
   */
  constructor(folder: string | undefined, identity: string) {
    this.#folder = folder;
    this.#identity = identity;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    const path = this.#path("finished.json");
    if (!existsSync(path)) return;
    const read = JSON.parse(readFileSync(path, "utf8")) as {
      identity: string;
      finished: FinishedConfiguration[];
    };
    if (read.identity === identity) this.finished.push(...read.finished);
    else this.remove();
  }

  add(configuration: FinishedConfiguration): void {
    this.finished.push(configuration);
    if (this.#folder === undefined) return;
    const text = JSON.stringify({ identity: this.#identity, finished: this.finished });
    writeFileAtomically(this.#path("finished.json"), [new TextEncoder().encode(text)]);
  }

  save({ index, step, losses, tensors }: Unfinished): void {
    if (this.#folder === undefined) return;
    const metadata = {
      identity: this.#identity,
      index: `${index}`,
      step: `${step}`,
      losses: JSON.stringify(losses),
    };
    saveSafetensors(tensors, this.#path("current.safetensors"), metadata);
  }

  /** The configuration at hand, if it is the `index`th and something of it was saved. */
  async unfinished(index: number): Promise<Unfinished | undefined> {
    if (this.#folder === undefined) return undefined;
    const path = this.#path("current.safetensors");
    if (!existsSync(path)) return undefined;
    const metadata = readSafetensorsMetadata(path);
    if (metadata.identity !== this.#identity || metadata.index !== `${index}`) return undefined;
    const losses = JSON.parse(metadata.losses ?? "[]") as number[];
    return { index, step: Number(metadata.step), losses, tensors: await loadTensors(path) };
  }

  /** After the end: only the record is worth keeping. */
  remove(): void {
    if (this.#folder === undefined) return;
    for (const file of ["finished.json", "current.safetensors"]) rmSync(this.#path(file), { force: true });
  }

  #path(file: string): string {
    return join(this.#folder!, file);
  }
}
