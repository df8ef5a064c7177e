/**
 * For vitest's `globalSetup`: starts the run's server and tells the tests where it is. The projects of one run share
 * it: the last one to be torn down stops it.
 */
import { startTestServer, type TestServer } from "./server.ts";

interface Shared {
  server: Promise<TestServer>;
  users: number;
}

/** Each project loads this file anew, so what they share is kept on the process. */
const shared = globalThis as typeof globalThis & { transferboardTestServer?: Shared | undefined };

interface Project {
  provide(key: "postgres", value: { ownerUrl: string; appUrl: string }): void;
}

export default async function setup(project: Project): Promise<() => Promise<void>> {
  shared.transferboardTestServer ??= { server: startTestServer(), users: 0 };
  const mine = shared.transferboardTestServer;
  mine.users++;
  const { ownerUrl, appUrl, stop } = await mine.server;
  project.provide("postgres", { ownerUrl, appUrl });
  return async () => {
    if (--mine.users > 0) return;
    shared.transferboardTestServer = undefined;
    await stop();
  };
}
