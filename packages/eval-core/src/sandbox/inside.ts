/** The child's side of a sandbox: does one piece of work, may ask the parent meanwhile, and ends. */
import { readFileSync } from "node:fs";
import { receivedError, type SentError, sentError, type ToChild, type ToParent } from "./messages.ts";

export interface Inside {
  /** Aborted when the parent wants the work to stop. */
  readonly signal: AbortSignal;
  /** Asks the parent, which answers by the handler of this name. @throws what the handler threw */
  call<Answer>(verb: string, value: unknown): Promise<Answer>;
}

/** Waits for the work, does it, answers and ends the process. To be called once, by the child's script. */
export function serveSandboxed<Value, Answer>(work: (value: Value, inside: Inside) => Promise<Answer>): void {
  const stop = new AbortController();
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  const inside: Inside = {
    signal: stop.signal,
    call: (verb, value) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        send({ kind: "call", id, verb, value });
      }),
  };
  // The parent is gone, and with it whoever waits for the answer.
  process.on("disconnect", () => process.exit(1));
  process.on("message", (message: ToChild) => {
    switch (message.kind) {
      case "start":
        void begin(message.value as Value, message.dataBytes);
        return;
      case "stop":
        stop.abort();
        return;
      case "answer": {
        const due = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.ok) due?.resolve(message.value as never);
        else due?.reject(receivedError(message.error));
        return;
      }
      default:
        throw new Error(`a message of an unknown kind: ${JSON.stringify(message satisfies never)}`);
    }
  });
  send({ kind: "ready" });

  async function begin(value: Value, dataBytes: number | undefined): Promise<void> {
    try {
      requireLimit(dataBytes);
      last({ kind: "done", value: await work(value, inside) });
    } catch (error) {
      last({ kind: "failed", error: sentError(error) as SentError });
    }
  }
}

function send(message: ToParent): void {
  process.send?.(message);
}

/** Ends when the parent has it: what is said and not sent yet would be lost. */
function last(message: ToParent): void {
  process.send?.(message, () => process.disconnect());
}

/** A wrapper that set no limit must not go unseen: without it one bad file takes the machine's memory. */
function requireLimit(dataBytes: number | undefined): void {
  if (dataBytes === undefined) return;
  const line = /^Max data size\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "latin1"));
  if (line?.[1] !== String(dataBytes)) {
    throw new Error(`the limit of memory is not set: expected ${dataBytes} bytes, found ${line?.[1]}`);
  }
}
