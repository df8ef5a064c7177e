/** Ids by their beginning, as people copy them from a table. */
import { CommandError } from "../exit-codes.ts";
import type { Server } from "./server.ts";

const LIST = "{ submissions(first: 200) { nodes { id } } }";

/** Global ids begin alike; the UUID inside tells them apart. */
const uuidOf = (id: string) =>
  Buffer.from(id, "base64")
    .toString()
    .replace(/^Submission:/, "");

/** A submission's whole id: ids of others than the last 200 must be whole already. */
export async function wholeId(server: Server, given: string): Promise<string> {
  if (given.length >= 60) return given;
  const { nodes } = await server.ask<{ nodes: readonly { readonly id: string }[] }>(LIST, {});
  const found = nodes
    .filter(({ id }) => id.startsWith(given) || uuidOf(id).startsWith(given.toLowerCase()))
    .map(({ id }) => id);
  const [first] = found;
  if (found.length === 1 && first) return first;
  if (found.length === 0) {
    throw new CommandError(
      `no submission that you may see begins with '${given}': 'transferboard submissions' lists them`,
    );
  }
  throw new CommandError(`${found.length} submissions begin with '${given}': give more of the id`);
}
