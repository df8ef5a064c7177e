/**
 * A reason is shown to everyone: this machine's folders are nobody's business. And it is kept as text, which the names in a
 * stranger's file need not be: a NUL or half a surrogate pair becomes U+FFFD.
 */
import { dirname, resolve } from "node:path";
import type { Work } from "./messages.ts";

export function publicly(
  reason: string,
  { checkpoints, checkpoint, data, cache }: Pick<Work, "checkpoints" | "checkpoint" | "data" | "cache">,
): string {
  const hidden = [
    [checkpoints, "the worker's checkpoints"],
    [dirname(checkpoint), "the worker's checkpoints"],
    [cache, "the worker's cache"],
    ...(data === undefined ? [] : [[data, "the worker's data"]]),
  ] as const;
  return hidden.reduce(
    (text, [folder, name]) => text.replaceAll(resolve(folder!), name!).replaceAll(folder!, name!),
    reason.toWellFormed().replaceAll("\0", "\ufffd"),
  );
}
