/** The pool of loading threads: what comes back, and what is said when it does not. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LoaderPool } from "./loader.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "loader-"));
  writeFileSync(
    join(folder, "recipe.mjs"),
    `export async function prepare(n) {
      if (n < 0) throw new Error("there is no image " + n);
      if (n === 99) process.exit(3);
      return { x: { dtype: "float32", shape: [1], data: Float32Array.of(n * n) } };
    }`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (threads: number) =>
  new LoaderPool<number>(pathToFileURL(join(folder, "recipe.mjs")), { threads });

describe("a pool of loading threads", () => {
  it("answers each request with its own batch, whatever the number of threads", async () => {
    for (const threads of [1, 3]) {
      const pool = open(threads);
      const all = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => pool.load(n)));
      expect(all.map(({ x }) => x!.data[0])).toEqual([1, 4, 9, 16, 25, 36, 49]);
      await pool.close();
    }
  });
  it("says what a recipe says, and goes on", async () => {
    const pool = open(1);
    await expect(pool.load(-1)).rejects.toThrow("there is no image -1");
    expect((await pool.load(3)).x!.data[0]).toBe(9);
    await pool.close();
  });
  it("leaves nobody waiting on a thread that ended", async () => {
    const pool = open(1);
    await expect(pool.load(99)).rejects.toThrow("the loading thread ended with code 3");
    await expect(pool.load(1)).rejects.toThrow("the loading thread ended with code 3");
    await pool.close();
  });
});
