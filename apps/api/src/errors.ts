/**
 * What the caller did wrong, as typed errors. Everything that is not one of these is ours: it is logged with an id
 * and answered with a fixed message (graphql/format-error.ts).
 */

export type ErrorCode =
  | "NOT_FOUND"
  | "UNKNOWN_SLUG"
  | "BAD_INPUT"
  | "NOT_AUTHORIZED"
  | "CONFLICT"
  | "RATE_LIMITED"
  | "UNAVAILABLE";

/** A mistake of the caller, told in one sentence. */
export class CallerError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A name that nothing has, with those that come near. */
export class UnknownSlug extends CallerError {
  override readonly name = "UnknownSlug";
  readonly nearest: readonly string[];

  constructor(what: string, slug: string, nearest: readonly string[]) {
    const hint = nearest.length > 0 ? ` Did you mean ${nearest.join(", ")}?` : "";
    super("UNKNOWN_SLUG", `There is no ${what} '${shorten(slug)}'.${hint}`, { nearest });
    this.nearest = nearest;
  }
}

export class BadInput extends CallerError {
  override readonly name = "BadInput";
  constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
    super("BAD_INPUT", message, details);
  }
}

/** What a caller sent is repeated at most this far. */
export function shorten(text: string, length = 100): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

export class NotAuthorized extends CallerError {
  override readonly name = "NotAuthorized";
  constructor(message: string) {
    super("NOT_AUTHORIZED", message);
  }
}

export class NotFound extends CallerError {
  override readonly name = "NotFound";
  readonly nearest: readonly string[];
  constructor(message: string, nearest: readonly string[] = []) {
    super("NOT_FOUND", message, { nearest });
    this.nearest = nearest;
  }
}

/** What was asked cannot be done as things stand: somebody else was first, or it is done already. */
export class Conflict extends CallerError {
  override readonly name = "Conflict";
  constructor(message: string) {
    super("CONFLICT", message);
  }
}

/** Input with faults that are listed beside the message. */
export class InvalidInput extends CallerError {
  constructor(message: string, details: Readonly<Record<string, unknown>>) {
    super("BAD_INPUT", message, details);
  }
}
