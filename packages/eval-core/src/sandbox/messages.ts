/** What travels between a sandboxed process and its parent. Both sides parse only these. */

/** To the child. */
export type ToChild =
  | { readonly kind: "start"; readonly value: unknown }
  | { readonly kind: "answer"; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly kind: "answer"; readonly id: number; readonly ok: false; readonly error: SentError }
  | { readonly kind: "stop" };

/** To the parent. */
export type ToParent =
  | { readonly kind: "ready" }
  | { readonly kind: "call"; readonly id: number; readonly verb: string; readonly value: unknown }
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: SentError };

/** An error without its stack: names tell which kind it is on the other side. */
export interface SentError {
  readonly name: string;
  readonly message: string;
}

export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  return { name: error.name, message: error.message };
}

/** The error as it was thrown on the other side, with its name. */
export function receivedError({ name, message }: SentError): Error {
  const error = new Error(String(message));
  error.name = String(name);
  return error;
}
