/** The files in deploy/ and docs/operating.md: every path, port and variable that they name exists, and no variable is left out. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const isThere = (path: string) => expect(existsSync(join(root, path)), path).toBe(true);

/** Files of code that a command line names. */
const programs = (line: string) => line.match(/[\w./-]+\.(?:ts|mjs)\b/g) ?? [];

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly depends_on?: unknown;
}
const compose = parse(read("deploy/compose.yaml"), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
};

/** Every variable that the servers and the command read of their environment. */
function variablesOfCode(): Set<string> {
  const files = execFileSync("git", ["ls-files", "apps", "packages", "prisma"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\n")
    .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !/test|bench|scripts|build\.ts$/.test(path));
  const found = new Set<string>();
  for (const path of files) {
    for (const [, name] of read(path).matchAll(/process\.env\.([A-Z_]{4,})/g)) found.add(name!);
  }
  const api = read("apps/api/src/env.ts");
  for (const [, name] of api.matchAll(/^ {2}([A-Z_]{4,}): /gm)) found.add(name!);
  return found;
}

/** What is no setting of ours: the system's own, what one of our processes tells another, what tests set. */
const OTHERS = new Set([
  ...["PATH", "NODE_ENV", "NODE_COMPILE_CACHE", "COLUMNS", "LD_LIBRARY_PATH"],
  ...["TRANSFERBOARD_RELAYED", "TRANSFERBOARD_TEST", "FORCE_COLOR", "NO_COLOR"],
]);

describe("the container", () => {
  it("copies, installs, builds and runs files that are there", () => {
    const file = read("deploy/Containerfile");
    for (const path of programs(file)) isThere(path.replace(/^\.\//, ""));
    expect(file).toMatch(/^EXPOSE 3000 4000$/m);
  });

  it("is composed of services whose commands, ports and dependencies exist", () => {
    const { services, volumes } = compose;
    for (const [name, service] of Object.entries(services)) {
      for (const path of programs((service.command ?? []).join(" "))) isThere(path);
      if (service.build) isThere(service.build.dockerfile);
      const needed = Array.isArray(service.depends_on)
        ? (service.depends_on as string[])
        : Object.keys(service.depends_on ?? {});
      for (const other of needed) expect(services, `${name} needs ${other}`).toHaveProperty([other]);
      for (const port of service.ports ?? [])
        expect(port, name).toBe(`127.0.0.1:${service.environment!.PORT}:${service.environment!.PORT}`);
    }
    expect(Object.keys(volumes).sort()).toEqual(["artefacts", "database"]);
    expect(services.site!.environment!.API_URL).toBe(`http://api:${services.api!.environment!.PORT}`);
  });

  it("sets no variable that nobody reads", () => {
    const known = variablesOfCode();
    for (const name of ["migrate", "api", "site"])
      for (const variable of Object.keys(compose.services[name]!.environment!))
        expect(known, `${name}: ${variable}`).toContain(variable);
  });
});

it("keeps the Node that runs it when development packages are pruned", () => {
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies?: Record<string, string> };
  expect(dependencies).toHaveProperty("node");
});

describe("systemd", () => {
  it.each(readdirSync(join(root, "deploy/systemd")))("%s starts a file that is there", (unit) => {
    const text = read(join("deploy/systemd", unit));
    const line = /^ExecStart=(.*)$/m.exec(text)![1]!;
    const [program] = programs(line);
    isThere(program!);
    expect(line).toContain("/opt/transferboard/node_modules/node/bin/node");
  });
});

describe("the handbook", () => {
  const page = read("docs/operating.md");

  it("tables every variable that is read, and no other", () => {
    const table = page.slice(page.indexOf("## Environment"), page.indexOf("## HTTPS"));
    const told = new Set(
      [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) => cell!.match(/[A-Z_]{4,}/g)),
    );
    const known = [...variablesOfCode()].filter((name) => !OTHERS.has(name));
    expect([...told].sort()).toEqual(known.sort());
  });

  it("names files that are there", () => {
    for (const [, path] of page.matchAll(/`(deploy\/[\w./-]+)`/g)) isThere(path!);
    for (const path of programs(page)) isThere(path.replace(/^\.\//, ""));
    for (const [, path] of page.matchAll(/\]\(([\w-]+\.md)/g)) isThere(join("docs", path!));
  });

  it("names series that are there", () => {
    const source = read("apps/api/src/http/metrics.ts");
    for (const [name] of page.matchAll(/transferboard_[a-z]+_[a-z_]+/g))
      if (name !== "transferboard_app") expect(source, name).toContain(`"${name}"`);
  });
});
