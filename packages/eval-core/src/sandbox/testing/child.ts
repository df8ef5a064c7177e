/** A sandboxed process that tries what it must not be able to do. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { serveSandboxed } from "../inside.ts";

const hold: Buffer[] = [];

const tried = (what: () => unknown): string => {
  try {
    what();
    return "done";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
};

serveSandboxed<{ what: string; path?: string; port?: number }, unknown>(
  async ({ what, path, port }, { call, signal }) => {
    switch (what) {
      case "environment":
        return Object.keys(process.env).sort();
      case "files":
        return { read: tried(() => readFileSync(path!)), write: tried(() => writeFileSync(path!, "x")) };
      case "process":
        return tried(() => execFileSync("true"));
      case "socket":
        return tried(() => connect(port!, "127.0.0.1"));
      case "interfaces":
        return readFileSync("/proc/self/net/dev", "latin1");
      case "buffers":
        for (;;) {
          hold.push(Buffer.alloc(16 * 2 ** 20, 1));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      case "heap": {
        const list: unknown[] = [];
        for (;;) list.push({ list, some: "thing" });
      }
      case "spin":
        for (;;);
      case "abort":
        return process.abort();
      case "throw":
        throw Object.assign(new Error("not a graph"), { name: "OnnxError" });
      case "ask":
        return call("double", 21);
      case "wait":
        await new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new Error("stopped"))),
        );
        return undefined;
      default:
        throw new Error(`nothing is called '${what}'`);
    }
  },
);
