/** Loaded first in a sandboxed process: its JavaScript opens no socket, on every system. Native code has the namespace. */
import dgram from "node:dgram";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

function refuse(): never {
  throw new Error("a sandboxed process opens no socket");
}

net.Socket.prototype.connect = refuse;
net.Server.prototype.listen = refuse;
dgram.createSocket = refuse;
syncBuiltinESMExports();
