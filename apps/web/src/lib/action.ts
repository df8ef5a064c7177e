/** What the server's actions share: the fields of a form, and the words for a request that is refused as a whole. */
import { ApiError } from "./api";

export const signedOut = "You are no longer signed in: sign in again.";

/** A field's text; "" where it is not there, or is a file. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

/** What the API said of a request that it refused as a whole; anything else is a fault of ours. */
export function refusal(error: unknown): { message: string } {
  if (error instanceof ApiError) return { message: error.message };
  throw error;
}
