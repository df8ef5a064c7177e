/**
 * What a run leaves on disk so that it can be killed at any moment and go on. One rule holds for all of it: files are
 * whole or absent, each keeps the one before it, and one that is damaged nevertheless is said to be so in a sentence; the
 * run then goes on from the one before, or begins anew.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadTensors } from "../backbones/index.ts";
import { readSafetensorsMetadata, saveSafetensors } from "../checkpoints/index.ts";
import { bytesOf, writeFileAtomically } from "../tensor/index.ts";
import type { AnyTensor } from "../tensor/tensor.ts";
import type { Json } from "./task.ts";

/** Tensors with what else belongs to them. */
export interface SavedTensors {
  readonly tensors: ReadonlyMap<string, AnyTensor>;
  readonly about: Json;
}

/** Where the work of one identity is kept; with no folder nothing is. */
export class ResumeStore {
  readonly #folder: string | undefined;
  readonly #identity: string;
  readonly #onDamage: (sentence: string) => void;

  /**
   * @param folder where the run lives; undefined keeps nothing.
   * @param identity of what is run: another's work in the folder is removed.
   * @param onDamage told of what could not be read and what follows from it
   */
  constructor(folder: string | undefined, identity: string, onDamage: (sentence: string) => void = () => {}) {
    this.#folder = folder;
    this.#identity = identity;
    this.#onDamage = onDamage;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    // A kill in the middle of a write leaves its temporary file.
    for (const file of readdirSync(folder))
      if (file.endsWith(".part")) rmSync(join(folder, file), { force: true });
  }

  /** Writes a JSON value under a name, atomically. */
  write(name: string, value: Json): void {
    if (this.#folder === undefined) return;
    const text = JSON.stringify({ identity: this.#identity, sha256: sha256Of(value), value });
    this.#keepPrevious(`${name}.json`);
    writeFileAtomically(this.#path(`${name}.json`), [new TextEncoder().encode(text)]);
  }

  /** The value last written under a name by a run of this identity. */
  read(name: string): Json | undefined {
    return this.#newest(`${name}.json`, (path) => {
      const { identity, sha256, value } = JSON.parse(readFileSync(path, "utf8")) as {
        identity: string;
        sha256: string;
        value: Json;
      };
      if (typeof identity === "string" && identity !== this.#identity) return undefined;
      if (sha256 !== sha256Of(value)) throw new Error("its content is not what was written");
      return value;
    });
  }

  saveTensors(name: string, { tensors, about }: SavedTensors): void {
    if (this.#folder === undefined) return;
    const file = `${name}.safetensors`;
    this.#keepPrevious(file);
    const metadata = {
      identity: this.#identity,
      about: JSON.stringify(about),
      sha256: hashOf(tensors, about),
    };
    saveSafetensors(tensors, this.#path(file), metadata);
  }

  async loadTensors(name: string): Promise<SavedTensors | undefined> {
    return this.#newest(`${name}.safetensors`, async (path) => {
      const { identity, about: text, sha256 } = readSafetensorsMetadata(path);
      if (identity !== undefined && identity !== this.#identity) return undefined;
      const about = JSON.parse(text ?? "") as Json;
      const tensors = await loadTensors(path);
      if (hashOf(tensors, about) !== sha256) throw new Error("its content is not what was written");
      return { tensors, about };
    });
  }

  /** Removes what is kept under a name. */
  drop(name: string): void {
    if (this.#folder === undefined) return;
    for (const file of readdirSync(this.#folder))
      if (baseName(file) === name) rmSync(this.#path(file), { force: true });
  }

  /** After the end: only the record is worth keeping. */
  remove(): void {
    if (this.#folder === undefined) return;
    for (const file of readdirSync(this.#folder))
      if (baseName(file) !== undefined) rmSync(this.#path(file), { force: true });
  }

  #path(file: string): string {
    return join(this.#folder!, file);
  }

  #keepPrevious(file: string): void {
    if (existsSync(this.#path(file))) renameSync(this.#path(file), this.#path(previous(file)));
  }

  /** What the newest readable one of a file and the one before it says. */
  #newest<T>(file: string, read: (path: string) => T | undefined): T | undefined;
  #newest<T>(file: string, read: (path: string) => Promise<T | undefined>): Promise<T | undefined>;
  #newest(file: string, read: (path: string) => unknown): unknown {
    if (this.#folder === undefined) return undefined;
    const candidates = [file, previous(file)]
      .map((one) => this.#path(one))
      .filter((path) => existsSync(path));
    const damaged = (path: string, error: unknown, rest: readonly string[]) => {
      const why =
        error instanceof Error
          ? error.message.replace(`${path} `, "").replace(`${path}: `, "")
          : String(error);
      const then = rest.length > 0 ? `going on from ${rest[0]}` : "beginning anew";
      this.#onDamage(`the saved state ${path} cannot be read (${why}): ${then}`);
    };
    const tryFrom = (i: number): unknown => {
      const path = candidates[i];
      if (path === undefined) return undefined;
      const next = (error: unknown) => {
        damaged(path, error, candidates.slice(i + 1));
        return tryFrom(i + 1);
      };
      try {
        const found = read(path);
        return found instanceof Promise ? found.catch(next) : found;
      } catch (error) {
        return next(error);
      }
    };
    return tryFrom(0);
  }
}

const previous = (file: string): string => file.replace(/(\.\w+)$/, ".previous$1");

/** The name that a file of the store was kept under; undefined for another's file. */
const baseName = (file: string): string | undefined =>
  /^(.+?)(\.previous)?\.(json|safetensors)$/.exec(file)?.[1];

const sha256Of = (value: Json): string =>
  createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex");

function hashOf(tensors: ReadonlyMap<string, AnyTensor>, about: Json): string {
  const hash = createHash("sha256").update(JSON.stringify(about) ?? "");
  for (const [name, { dtype, shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name}\0${dtype}\0${shape}\0`).update(bytesOf(data));
  return hash.digest("hex");
}
