/** Sessions by the size of their inputs: the last few used stay open, the others are closed. */
import type { Session } from "../runtime/index.ts";

export interface Opened {
  readonly sessions: readonly Session[];
}

export class SessionCache<Entry extends Opened> {
  readonly #most: number;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();

  /** @param most how many entries stay open, at least 1 */
  constructor(most: number) {
    this.#most = most;
  }

  /** The entry of a key, opened where it is not: the one unused for longest is closed after that. */
  async get(key: string, open: () => Promise<Entry>): Promise<Entry> {
    const known = this.#entries.get(key);
    const entry = known ?? (await open());
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const [oldest, unused] of this.#entries) {
      if (this.#entries.size <= this.#most) break;
      this.#entries.delete(oldest);
      await closeAll(unused);
    }
    return entry;
  }

  async close(): Promise<void> {
    const all = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of all) await closeAll(entry);
  }
}

async function closeAll({ sessions }: Opened): Promise<void> {
  for (const session of sessions) await session.close();
}
