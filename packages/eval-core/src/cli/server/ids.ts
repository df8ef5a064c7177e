/** Ids as people read and copy them: the UUID inside Relay's global id, whole or by its beginning. */
import { CommandError } from "../exit-codes.ts";
import type { Server } from "./server.ts";
import { globalId } from "./site.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Ids begin with the time of day: so much of one tells milliseconds apart. */
const LEAST_SHOWN = 13;
/** Of the newest submissions, how many pages are looked through for a beginning. */
const MOST_PAGES = 10;

export const isUuid = (text: string): boolean => UUID.test(text);

/** The UUID of a submission's global id. */
export const uuidOf = (id: string): string =>
  Buffer.from(id, "base64")
    .toString()
    .replace(/^Submission:/, "");

/** The beginnings that tell these UUIDs apart, for a table of them. */
export function shortest(uuids: readonly string[]): string[] {
  for (let length = LEAST_SHOWN; length < 36; length++) {
    const cut = uuids.map((uuid) => uuid.slice(0, length));
    if (new Set(cut).size === new Set(uuids).size) return cut;
  }
  return [...uuids];
}

/** The one id that begins as given. @throws CommandError where none does, or several do */
export function oneOf(ids: readonly string[], given: string, what: string, list: string): string {
  const found = [...new Set(ids.filter((id) => id.toLowerCase().startsWith(given.toLowerCase())))];
  const [first] = found;
  if (found.length === 1 && first !== undefined) return first;
  if (found.length === 0) throw new CommandError(`no ${what} begins with '${given}': '${list}' lists them`);
  throw new CommandError(`${found.length} ${what}s begin with '${given}': give more of the id`);
}

/** A submission's global id: as given, of its UUID, or of the UUID's beginning. */
export async function wholeId(server: Server, given: string): Promise<string> {
  if (given.length >= 60) return given;
  if (isUuid(given)) return globalId("Submission", given.toLowerCase());
  const uuids: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { nodes, pageInfo }: Page = await server.ask<Page>(LIST, { after });
    uuids.push(...nodes.map(({ id }) => uuidOf(id)));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  return globalId("Submission", oneOf(uuids, given, "submission", "transferboard submissions"));
}

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const LIST = `query ($after: String) { submissions(first: 200, after: $after) {
  nodes { id } pageInfo { hasNextPage endCursor } } }`;
