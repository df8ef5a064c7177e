/** Which scope each mutation needs: one table, from which the fields take their rule and the tests theirs. */
import type { Scope } from "./scopes.ts";

export const MUTATION_SCOPES = {
  submitResults: "SUBMIT",
  withdrawSubmission: "SUBMIT",
  requestEvaluation: "SUBMIT",
  /** One's own; anyone's with ADMIN. */
  cancelEvaluation: "SUBMIT",
  stateClaim: "SUBMIT",
  reviewSubmission: "REVIEW",
  retractResult: "REVIEW",
  decideFinding: "REVIEW",
  createToken: "ADMIN",
  /** One's own with any token; anyone's with ADMIN. */
  revokeToken: "READ",
} as const satisfies Record<string, Scope>;

export type MutationName = keyof typeof MUTATION_SCOPES;

export const scopeOf = (name: string): Scope | undefined =>
  Object.hasOwn(MUTATION_SCOPES, name) ? MUTATION_SCOPES[name as MutationName] : undefined;
