/** The child's side of a sandbox: does one piece of work, may ask the parent meanwhile, and ends. */
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
        void begin(message.value as Value);
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

  async function begin(value: Value): Promise<void> {
    try {
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
