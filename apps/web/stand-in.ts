/**
 * Puts another answer in the place of one that was going to be a fault of the server: nothing of the first has been sent
 * when its status is known.
 */
import type { OutgoingHttpHeader, ServerResponse } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, OutgoingHttpHeader>>;
  readonly body: string;
}

/** Where `wanted` holds when the head of a 5xx is about to be sent, `make`'s answer is sent and the first is dropped. */
export function standIn(response: ServerResponse, wanted: () => boolean, make: () => Promise<Answer>): void {
  const { writeHead, write, end } = response;
  let replaced = false;

  const replace = async () => {
    const { status, headers, body } = await make();
    Object.assign(response, { writeHead, write, end });
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.writeHead(status, { ...headers }).end(body);
  };

  /** True from the moment that the first answer has shown itself to be a fault. */
  const drops = (status: number): boolean => {
    if (!replaced && status >= 500 && !response.headersSent && wanted()) {
      replaced = true;
      replace().catch(() => response.destroy());
    }
    return replaced;
  };

  /** Whoever writes waits for no more than is promised: a callback at the end of the arguments. */
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
