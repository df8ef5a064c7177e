/** What a token may do. */
export const SCOPES = ["READ", "SUBMIT", "REVIEW", "WORK", "ADMIN"] as const;
export type Scope = (typeof SCOPES)[number];

/** ADMIN includes the others, and whoever may do anything may read. */
export function includesScope(held: readonly Scope[], wanted: Scope): boolean {
  return held.includes(wanted) || held.includes("ADMIN") || (wanted === "READ" && held.length > 0);
}
