/** The proxy files, run by nginx and Caddy where these are installed: HTTPS outside, the right server and headers inside. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../faults/processes.ts";

const file = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url)), "utf8");
const has = (program: string) =>
  spawnSync(program, ["version"], { stdio: "ignore", env: { ...process.env, PATH: PATHS } }).error ===
  undefined;
const PATHS = `${process.env.PATH}:/usr/sbin`;
const missing = ["nginx", "caddy", "openssl"].filter((program) => !has(program));
if (missing.length > 0)
  console.warn(`SKIPPED: the proxy files are not all tried: no ${missing.join(", ")} here`);

describe.each(["nginx", "caddy"] as const)("%s", (kind) => {
  const isSkipped = missing.includes(kind) || missing.includes("openssl");
  let folder: string;
  let port: number;
  let proxy: ReturnType<typeof spawn> | undefined;
  const servers: Server[] = [];

  /** Answers with its name and what it was told. */
  const stand = (name: string) =>
    new Promise<number>((resolve) => {
      const server = createServer((asked, answer) =>
        answer.end(JSON.stringify({ name, headers: asked.headers })),
      );
      servers.push(server);
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });

  beforeAll(async () => {
    if (isSkipped) return;
    folder = mkdtempSync(join(tmpdir(), "transferboard-proxy-"));
    const [site, api] = [await stand("site"), await stand("api")];
    port = await freePort();
    const [key, chain] = [join(folder, "key.pem"), join(folder, "chain.pem")];
    const names = "subjectAltName=DNS:board.example.org,DNS:api.example.org";
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
        ...["-subj", "/CN=board.example.org", "-addext", names, "-keyout", key, "-out", chain],
      ],
      { stdio: "ignore" },
    );
    const here = (text: string) =>
      text.replaceAll("127.0.0.1:3000", `127.0.0.1:${site}`).replaceAll("127.0.0.1:4000", `127.0.0.1:${api}`);
    const path = join(folder, kind === "nginx" ? "nginx.conf" : "Caddyfile");
    let args: string[];
    if (kind === "nginx") {
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (name) => `${name}_temp_path ${folder}/${name};`,
      );
      const own = here(file("nginx.conf"))
        .replaceAll("listen 443 ssl", `listen 127.0.0.1:${port} ssl`)
        .replaceAll("/etc/ssl/transferboard/fullchain.pem", chain)
        .replaceAll("/etc/ssl/transferboard/key.pem", key);
      const user = process.getuid?.() === 0 ? "user root;" : "";
      writeFileSync(
        path,
        `daemon off; pid ${folder}/pid; error_log stderr; ${user} events {} http { access_log off; ${temporary.join(" ")}\n${own} }`,
      );
      args = ["-c", path, "-p", folder];
    } else {
      const own = here(file("Caddyfile")).replaceAll(
        /^(board|api)\.example\.org \{/gm,
        `$1.example.org:${port} {\n\ttls ${chain} ${key}`,
      );
      writeFileSync(path, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${own}`);
      args = ["run", "--config", path, "--adapter", "caddyfile"];
    }
    mkdirSync(join(folder, "home"));
    const home = join(folder, "home");
    proxy = spawn(kind, args, {
      env: { ...process.env, PATH: PATHS, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home },
      stdio: "ignore",
    });
    for (let i = 0; i < 100; i++) {
      if (
        await ask("board.example.org").then(
          () => true,
          () => false,
        )
      )
        return;
      await sleep(100);
    }
    throw new Error(`${kind} does not answer`);
  }, 30_000);

  afterAll(async () => {
    proxy?.kill("SIGTERM");
    for (const server of servers) server.close();
    if (folder) {
      await sleep(200);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  function ask(host: string, path = "/"): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port,
        path,
        servername: host,
        headers: { host },
        rejectUnauthorized: false,
      };
      const asked = request({ ...options, agent: new Agent() }, (answer) => {
        let body = "";
        answer.on("data", (chunk) => {
          body += chunk;
        });
        answer.on("end", () => resolve({ status: answer.statusCode!, body }));
      });
      asked.on("error", reject);
      asked.end();
    });
  }

  it.skipIf(isSkipped)("leads each name to its server, with who asked and by which name", async () => {
    const site = JSON.parse((await ask("board.example.org")).body);
    expect(site).toMatchObject({
      name: "site",
      headers: {
        "x-forwarded-host": "board.example.org",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
      },
    });
    const api = JSON.parse((await ask("api.example.org", "/graphql")).body);
    expect(api).toMatchObject({ name: "api", headers: { "x-forwarded-for": "127.0.0.1" } });
  });

  it.skipIf(isSkipped)("keeps the metrics from the public", async () => {
    expect((await ask("api.example.org", "/metrics")).status).toBe(404);
  });
});
