/** Files that an evaluation makes (pictures, predictions), kept by content: the same bytes are one file. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFileAtomically } from "../tensor/index.ts";

export interface Artefact {
  /** Of its bytes, in hexadecimal: its address. */
  readonly sha256: string;
  readonly bytes: number;
  /** "image/png", "text/plain" ... */
  readonly mediaType: string;
  /** What it shows, such as "reconstruction" or "attention map". */
  readonly role: string;
  /** The dataset's item that it is of, where it is of one. */
  readonly item?: string;
}

export interface ArtefactStore {
  /** Keeps a file; it is in the evaluation's list from then on. */
  put(data: Uint8Array, what: Pick<Artefact, "mediaType" | "role" | "item">): Artefact;
  /** In the order in which they were put. */
  readonly all: readonly Artefact[];
}

/** Where finished artefacts lie, under the cache. */
export const artefactFolder = (cacheFolder: string): string => join(cacheFolder, "artefacts");

/** Where a file of this content lies under `folder`. */
export function artefactPath(folder: string, sha256: string): string {
  return join(folder, sha256.slice(0, 2), sha256);
}

export function artefactStore(folder: string): ArtefactStore {
  const all: Artefact[] = [];
  return {
    all,
    put(data, what) {
      const sha256 = createHash("sha256").update(data).digest("hex");
      const path = artefactPath(folder, sha256);
      // What nothing names is removed when it is old: this one is named again soon.
      if (existsSync(path)) utimesSync(path, new Date(), new Date());
      else {
        mkdirSync(dirname(path), { recursive: true });
        writeFileAtomically(path, [data]);
      }
      const artefact: Artefact = { sha256, bytes: data.byteLength, ...what };
      all.push(artefact);
      return artefact;
    },
  };
}
