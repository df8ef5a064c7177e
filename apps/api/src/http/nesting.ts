/**
 * Refuses a body nested deeper than any honest one, before anything that walks it by recursion: a few kilobytes of
 * brackets would otherwise end the stack.
 */
import type { RequestHandler } from "express";
import { BadInput } from "../errors.ts";

/** Whether objects and lists in `value` lie at most `most` deep in each other. Walks without recursion. */
export function isNestedWithin(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const inner: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      if (depth >= most) return false;
      for (const child of Object.values(item))
        if (typeof child === "object" && child !== null) inner.push(child);
    }
    level = inner;
  }
  return true;
}

export const nestingWithin =
  (most: number): RequestHandler =>
  (request, _response, next) => {
    if (isNestedWithin(request.body, most)) next();
    else next(new BadInput(`The body's JSON is nested deeper than ${most}: send it flatter.`));
  };
