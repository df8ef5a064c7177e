/**
 * The pictures that a submission names, sent after it from where the evaluation kept them: each under the hash of its
 * content, so that one sent before is not kept twice. Values that were received stay so whatever becomes of pictures.
 */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Artefact, artefactFolder, artefactPath } from "../../evaluations/artefacts.ts";
import { parseJson } from "../../tensor/index.ts";
import type { Context } from "../context.ts";
import { CommandError } from "../exit-codes.ts";
import type { Offer } from "./offer.ts";
import type { Server } from "./server.ts";

/** As many as a server takes with one submission. */
const MOST = 300;

export interface NamedPicture {
  readonly sha256: string;
  readonly role: string;
  readonly item: string;
}

/** What a submission says of an evaluation's pictures. @param title of the data, for what is of no single item */
export const namedPictures = (artefacts: readonly Artefact[], title: string): NamedPicture[] =>
  artefacts
    .filter(({ mediaType }) => mediaType === "image/png")
    .map(({ sha256, role, item = title }) => ({ sha256, role, item }));

/** The first that a server takes, and a word about the rest. */
export function withinLimit(
  pictures: readonly NamedPicture[],
  { terminal }: Context,
): readonly NamedPicture[] {
  if (pictures.length > MOST)
    terminal.say(
      `Note: a server takes ${MOST} pictures with one submission: the first of ${pictures.length} are named.`,
    );
  return pictures.slice(0, MOST);
}

/** Where the pictures of a kept submission lie: the folder `submissions` is in the same cache. */
export const picturesBeside = (file: string): string => artefactFolder(dirname(dirname(file)));

/** Sends what an offer names and `folder` has, and says what came of it. */
export async function sendPictures(
  server: Server,
  { format, content }: Offer,
  folder: string,
  { terminal }: Context,
): Promise<void> {
  const hashes = format === "json" ? hashesIn(content) : [];
  if (hashes.length === 0) return;
  const step = terminal.step("Pictures");
  let [sent, absent] = [0, 0];
  for (const sha256 of hashes) {
    const data = await readFile(artefactPath(folder, sha256)).catch(() => undefined);
    if (data === undefined) absent++;
    else {
      const why = await refusalTo(server, sha256, data);
      if (why !== undefined) {
        step.end(`${sent} of ${hashes.length} sent`);
        terminal.say(`Note: the pictures were not all taken: ${why}; the values were.`);
        return;
      }
      sent++;
    }
    step.update(sent + absent, hashes.length);
  }
  step.end(`${sent} of ${hashes.length} sent`);
  if (absent > 0) terminal.say(`Note: ${absent} of the pictures are not in ${folder} any more: not sent.`);
}

/** Why a server does not take a picture; undefined where it did. */
async function refusalTo(
  server: Server,
  sha256: string,
  data: Uint8Array<ArrayBuffer>,
): Promise<string | undefined> {
  try {
    const response = await server.send(`/pictures/${sha256}.png`, {
      method: "PUT",
      headers: { "content-type": "image/png" },
      body: data,
    });
    if (!response.ok) throw await server.refusalOf(response);
    await response.body?.cancel();
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.message;
  }
}

function hashesIn(content: string): string[] {
  const { pictures } = parseJson(content).value as { pictures?: readonly { readonly sha256: string }[] };
  return [...new Set((pictures ?? []).map(({ sha256 }) => sha256))];
}
