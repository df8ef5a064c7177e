/** The viewer of a field that the schema lets nobody else reach. */
import type { Context } from "../../context.ts";
import { NotAuthorized } from "../../errors.ts";
import type { Scope } from "./scopes.ts";
import type { Viewer } from "./viewer.ts";

/** @throws NotAuthorized without a token of this scope. */
export async function requireViewer(context: Pick<Context, "viewer">, scope: Scope): Promise<Viewer> {
  const viewer = await context.viewer();
  if (!viewer) throw new NotAuthorized(`This needs a token with the scope ${scope}; none came.`);
  if (!viewer.can(scope)) {
    throw new NotAuthorized(
      `This needs a token with the scope ${scope}; this one has ${viewer.scopes.join(", ")}.`,
    );
  }
  return viewer;
}
