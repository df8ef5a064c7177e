/**
 * The site's production build in front of an API with a database of its own, and a browser: what browser tests need.
 * Nothing here is shared with another run.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { type Api, startApi } from "../api/harness.ts";
import { launchChromium } from "./chromium.ts";

const web = join(import.meta.dirname, "..", "..", "apps", "web");

/** A browser, or null and a loud line where this machine has none. */
export async function browserOrNull(): Promise<Browser | null> {
  try {
    return await launchChromium();
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    console.warn(`\n!!! BROWSER TESTS ARE SKIPPED: no browser runs on this machine (${reason}).\n`);
    return null;
  }
}

export interface Site {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the site on a free port; it asks the API at `apiUrl`. */
export async function serveSite(apiUrl: string, environment: Record<string, string> = {}): Promise<Site> {
  if (!existsSync(join(web, ".next", "BUILD_ID"))) {
    throw new Error("The site is not built: run 'npx turbo run build' first, or all by 'npm test'.");
  }
  const watch = ["--import", pathToFileURL(join(import.meta.dirname, "given-ports.ts")).href];
  const flags = ["--disable-warning=ExperimentalWarning", ...watch];
  const child = spawn(process.execPath, [...flags, join(web, "serve.ts")], {
    env: {
      ...process.env,
      PORT: "0",
      API_URL: apiUrl,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const foreign = new Set<number>();
  child.on("message", (message: { foreignPort?: number }) => {
    if (message.foreignPort !== undefined) foreign.add(message.foreignPort);
  });
  const port = await portOf(child);
  return {
    url: `http://localhost:${port}`,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      if (foreign.size > 0) throw new Error(`The site connected to ports it was not given: ${[...foreign]}.`);
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  let said = "";
  const keep = (chunk: Buffer) => {
    said += chunk.toString();
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return new Promise((resolve, reject) => {
    child.on("message", ({ port }: { port?: number }) => port !== undefined && resolve(port));
    child.once("exit", (code) => reject(new Error(`The site ended with code ${code}: ${said}`)));
  });
}

/** The site with the published record behind it, and the API that it asks. */
export async function startSite(): Promise<Site & { readonly api: Api }> {
  const api = await startApi();
  try {
    const site = await serveSite(api.url);
    return {
      url: site.url,
      api,
      stop: async () => {
        await site.stop();
        await api.stop();
      },
    };
  } catch (error) {
    await api.stop();
    throw error;
  }
}
