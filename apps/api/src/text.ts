/** Text that the database takes. */
import { z } from "zod";

/** NUL is in no text of Postgres, and half a surrogate pair in none at all. */
export const isText = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");

/** For arguments that are written to the record: `storable(100)` is text of at most 100 letters. */
export const storable = (most: number) =>
  z
    .string()
    .max(most, `expected at most ${most} letters`)
    .refine(isText, "expected text: it holds a NUL or half a surrogate pair");
