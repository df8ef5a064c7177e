/**
 * Loaded first in a sandboxed process, as `guard.ts?data=BYTES` where a limit of memory was asked of the system: ends it
 * where that limit is not set. Its JavaScript opens no socket, on every system; native code has the namespace.
 */
import dgram from "node:dgram";
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** A wrapper that set no limit must not go unseen: without it one bad file takes the machine's memory. */
function requireLimit(dataBytes: string): void {
  const line = /^Max data size\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "latin1"));
  if (line?.[1] !== dataBytes) {
    throw new Error(`the limit of memory is not set: expected ${dataBytes} bytes, found ${line?.[1]}`);
  }
}

const dataBytes = new URL(import.meta.url).searchParams.get("data");
if (dataBytes !== null) requireLimit(dataBytes);

function refuse(): never {
  throw new Error("a sandboxed process opens no socket");
}

net.Socket.prototype.connect = refuse;
net.Server.prototype.listen = refuse;
dgram.createSocket = refuse;
syncBuiltinESMExports();
