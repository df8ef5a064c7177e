/**
 * A place from which the API is reached over HTTPS and the database is not: a network of its own, where this machine lets a
 * test make one (Linux, root, iproute2). Elsewhere loopback, which only leaves the database's address unsaid.
 */
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../pipeline/command.ts";

export interface Far {
  /** The API as it is reached from there. */
  readonly server: string;
  /** What starts a program there, before its name. */
  readonly through: readonly string[];
  /** For the certificate. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it is a network of its own. */
  readonly isApart: boolean;
  /** What a connection from there to this port of the machine says: "connected", or the error's code. */
  readonly reach: (port: number) => readonly string[];
}

const run = (file: string, ...args: string[]) => spawnSync(file, args, { encoding: "utf8" });

/** @param api where the API is on this machine */
export async function farFrom(api: string): Promise<Far> {
  const network = openNetwork();
  const host = network?.host ?? "127.0.0.1";
  const folder = temporaryFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = run(
    "openssl",
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-subj", "/CN=far", "-addext", `subjectAltName=IP:${host}`, "-keyout", key, "-out", cert],
  );
  if (made.status !== 0) throw new Error(`openssl made no certificate: ${made.stderr}`);
  // As a proxy before the API does: the encryption ends here.
  const proxy = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (asked, answer) => {
    const { method, headers, url } = asked;
    const passed = request(`${api}${url}`, { method, headers }, (got) => {
      answer.writeHead(got.statusCode!, got.headers);
      got.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, host, resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const through = network?.through ?? [];
  return {
    server: `https://${host}:${(proxy.address() as AddressInfo).port}`,
    ...{ through, env: { NODE_EXTRA_CA_CERTS: cert } },
    isApart: network !== undefined,
    reach: (port) =>
      ["127.0.0.1", host].map((where) => {
        const [file, ...args] = [...through, process.execPath, "-e", CONNECT, where, String(port)];
        return run(file!, ...args).stdout.trim();
      }),
  };
}

const CONNECT = `const [host, port] = process.argv.slice(1);
const socket = require("net").connect({ host, port: Number(port) });
const say = (word) => { console.log(word); socket.destroy(); };
socket.on("connect", () => say("connected")).on("error", ({ code }) => say(code)).setTimeout(5e3, () => say("silence"));`;

/** A network with one other end, here; undefined where none can be made. It goes with the test. */
function openNetwork(): { host: string; through: string[] } | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return skipped("this needs Linux and root");
  const number = randomInt(1 << 16);
  const name = `tb${number.toString(16)}`;
  const net = `10.${200 + (number % 50)}.${number >> 8}`;
  const [here, there] = [`${name}h`, `${name}t`];
  const host = `${net}.1`;
  onTestFinished(() => void run("ip", "netns", "del", name));
  for (const line of [
    `netns add ${name}`,
    `link add ${here} type veth peer name ${there}`,
    `link set ${there} netns ${name}`,
    `addr add ${host}/30 dev ${here}`,
    `link set ${here} up`,
    `-n ${name} addr add ${net}.2/30 dev ${there}`,
    `-n ${name} link set ${there} up`,
    `-n ${name} link set lo up`,
  ]) {
    const { status, stderr, error } = run("ip", ...line.split(" "));
    if (status !== 0) return skipped(error?.message ?? stderr.trim());
  }
  return { host, through: ["ip", "netns", "exec", name] };
}

function skipped(why: string): undefined {
  console.warn(
    `No network of its own for a worker (${why}): it runs on loopback, without the database's address.`,
  );
  return undefined;
}
