/**
 * Loaded into a server under test before anything else: tells the process that started it of every connection to a port
 * that the server neither listens on nor was given. A test then meets no other instance on this machine, whatever runs.
 */
import net from "node:net";

const given = new Set<number>();
if (process.env.API_URL) given.add(Number(new URL(process.env.API_URL).port));

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (this: net.Server, ...args: unknown[]) {
  this.once("listening", () => {
    const address = this.address();
    if (typeof address === "object" && address) given.add(address.port);
  });
  return Reflect.apply(listen, this, args);
};

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const [first] = args.flat() as ({ port?: unknown } | number | undefined)[];
  const port = Number(typeof first === "object" ? first?.port : first);
  if (Number.isInteger(port) && port > 0 && !given.has(port)) process.send?.({ foreignPort: port });
  return Reflect.apply(connect, this, args);
};
