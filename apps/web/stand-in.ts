/**
 * Puts another answer in the place of one that is only begun: nothing of the first has been sent when its status is known.
 */
import type { OutgoingHttpHeader, ServerResponse } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, OutgoingHttpHeader>>;
  readonly body: string;
}

/** `choose` is asked when the head is about to be sent; where it gives an answer, that is sent and the first is dropped. */
export function standIn(
  response: ServerResponse,
  choose: (status: number) => (() => Promise<Answer>) | null,
): void {
  const { writeHead, write, end } = response;
  let replaced = false;

  const replace = async (make: () => Promise<Answer>) => {
    const { status, headers, body } = await make();
    Object.assign(response, { writeHead, write, end });
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.writeHead(status, { ...headers }).end(body);
  };

  const drops = (status: number): boolean => {
    const make = replaced || response.headersSent ? null : choose(status);
    if (make) {
      replaced = true;
      replace(make).catch(() => response.destroy());
    }
    return replaced;
  };

  /** Whoever writes to what is dropped still hears that it is done. */
  const done = (given: unknown[]) => {
    const callback = given.find((one) => typeof one === "function");
    if (callback) queueMicrotask(callback as () => void);
  };

  Object.assign(response, {
    writeHead: (...given: Parameters<typeof writeHead>) =>
      drops(given[0]) ? response : writeHead.apply(response, given),
    write: (...given: Parameters<typeof write>) => {
      if (!drops(response.statusCode)) return write.apply(response, given);
      done(given);
      return true;
    },
    end: (...given: Parameters<typeof end>) => {
      if (!drops(response.statusCode)) return end.apply(response, given);
      done(given);
      return response;
    },
  });
}
