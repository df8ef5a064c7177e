/** Who works: the token of a worker, looked up once in a while. A busy worker comes back several times a second. */
import type { Database } from "../../database/database.ts";
import { NotAuthorized } from "../../errors.ts";
import { authenticate } from "../account/authenticate.ts";
import { requireViewer } from "../account/require.ts";
import type { Viewer } from "../account/viewer.ts";

/** A token that is revoked works for so long yet. */
const REMEMBERED_MS = 5_000;
const MOST_REMEMBERED = 1_000;

export class Workers {
  readonly #db: Database;
  readonly #known = new Map<string, { readonly viewer: Promise<Viewer>; readonly until: number }>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** @throws NotAuthorized without a token of the scope WORK */
  async of(authorization: string | undefined): Promise<Viewer> {
    if (authorization === undefined)
      throw new NotAuthorized("Working needs a token with the scope WORK; none came.");
    const now = performance.now();
    const known = this.#known.get(authorization);
    if (known && known.until > now) return known.viewer;
    const viewer = requireViewer({ viewer: () => authenticate(authorization, this.#db) }, "WORK");
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(authorization, { viewer, until: now + REMEMBERED_MS });
    // Who was refused is asked for anew: the token may be made meanwhile, or the database be back.
    viewer.catch(() => this.#known.delete(authorization));
    return viewer;
  }
}
