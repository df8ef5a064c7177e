/** The files of a submission, kept by their hash: the same file is kept once. */
import { gzipSync } from "node:zlib";
import type { TextFile } from "@transferboard/eval-core/formats";
import { sha256 } from "@transferboard/vocabulary/canonical-json";
import type { Database } from "../../../database/database.ts";

export async function keepFiles(
  files: readonly TextFile[],
  { prisma }: Pick<Database, "prisma">,
): Promise<void> {
  await prisma.submittedFile.createMany({
    data: files.map(({ text }) => ({
      sha256: sha256(text),
      size: Buffer.byteLength(text),
      gzip: new Uint8Array(gzipSync(text)),
    })),
    skipDuplicates: true,
  });
}
