/** Writers that never stop: each sends submissions, one after another, and remembers what was acknowledged. */
import { makeSubmission } from "../api/submissions.ts";

export interface Load {
  /** Idempotency key -> the id that was answered. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** How often each status, or `none` where the connection broke, was answered. */
  readonly statuses: ReadonlyMap<string, number>;
  /** Answers that are wrong whatever happens to the server. */
  readonly wrong: readonly string[];
  stop(): Promise<void>;
}

/** A failed send is sent again under the same key, as a careful client does, so the same one may arrive twice. */
export function startWriters(url: string, token: string, writers: number): Load {
  const acknowledged = new Map<string, string>();
  const statuses = new Map<string, number>();
  const wrong: string[] = [];
  let going = true;

  async function send(key: string): Promise<boolean> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url}/submissions`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "idempotency-key": key,
        },
        body: JSON.stringify(makeSubmission({ source: key })),
        signal: AbortSignal.timeout(20_000),
      });
      text = await response.text();
    } catch (error) {
      const name = (error as Error).name === "TimeoutError" ? "timeout" : "none";
      statuses.set(name, (statuses.get(name) ?? 0) + 1);
      return false;
    }
    const { status } = response;
    statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1);
    if (status === 200 || status === 201) {
      const { id } = JSON.parse(text).submission;
      const before = acknowledged.get(key);
      if (before !== undefined && before !== id) wrong.push(`${key} is ${before} and ${id}`);
      acknowledged.set(key, id);
      return true;
    }
    if (status !== 503) wrong.push(`${status}: ${text.slice(0, 300)}`);
    return false;
  }

  async function write(writer: number): Promise<void> {
    for (let i = 0; going; ) {
      if (await send(`writer-${writer}-${i}`)) i++;
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const all = Array.from({ length: writers }, (_, writer) => write(writer));
  return {
    acknowledged,
    statuses,
    wrong,
    async stop() {
      going = false;
      await Promise.all(all);
    },
  };
}
