/**
 * Who is signed in: by the name of a session, a random one, to the reader's token. It is in this process's memory alone,
 * so a cookie is worth nothing once its session has ended, and a restart of the site signs everybody out.
 */
import { randomBytes } from "node:crypto";

/** Without a page read for so long, a session is over. */
const IDLE_MS = 12 * 3_600_000;
/** However busy: signing in again shows that the token is still at hand. */
const LONGEST_MS = 7 * 24 * 3_600_000;
/** Those read longest ago make room. */
const MOST = 10_000;

interface Kept {
  readonly token: string;
  readonly begunAt: number;
  readAt: number;
}

export class SessionStore {
  /** In the order of their last reading. */
  readonly #sessions = new Map<string, Kept>();
  readonly #now: () => number;
  readonly #most: number;

  constructor({ now = Date.now, most = MOST }: { now?: () => number; most?: number } = {}) {
    this.#now = now;
    this.#most = most;
  }

  /** Answers the session's name, for the cookie. */
  begin(token: string): string {
    const name = randomBytes(32).toString("base64url");
    const now = this.#now();
    this.#sessions.set(name, { token, begunAt: now, readAt: now });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > this.#most && oldest !== undefined) this.#sessions.delete(oldest);
    return name;
  }

  tokenOf(name: string): string | undefined {
    const kept = this.#sessions.get(name);
    if (!kept) return undefined;
    this.#sessions.delete(name);
    const now = this.#now();
    if (now - kept.readAt > IDLE_MS || now - kept.begunAt > LONGEST_MS) return undefined;
    kept.readAt = now;
    this.#sessions.set(name, kept);
    return kept.token;
  }

  end(name: string): void {
    this.#sessions.delete(name);
  }
}

/** One a process: Next bundles what pages and routes import each for itself. */
const place = Symbol.for("transferboard.sessions");
const shared = globalThis as { [place]?: SessionStore };
shared[place] ??= new SessionStore();
export const sessions: SessionStore = shared[place];
