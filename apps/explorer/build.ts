/** Bundles the explorer into dist/: one script and one style sheet, which ask no other host. */
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "rolldown";

const here = import.meta.dirname;
const dist = join(here, "dist");
const graphiqlStyle = createRequire(import.meta.url).resolve("graphiql/style.css");

/** Style sheets go into one file of their own: scripts import nothing of them. */
const styles = {
  name: "styles",
  resolveId: (source: string) => (source.endsWith(".css") ? { id: `\0${source}`, external: false } : null),
  load: (id: string) =>
    id.startsWith("\0") && id.endsWith(".css") ? { code: "export {};", moduleType: "js" as const } : null,
};

await build({
  input: join(here, "src", "main.tsx"),
  platform: "browser",
  plugins: [styles],
  transform: { define: { "process.env.NODE_ENV": JSON.stringify("production") } },
  output: { dir: dist, entryFileNames: "explorer.js", format: "esm", minify: true, codeSplitting: false },
  // It warns of every "use client" of the packages; what is wrong throws.
  logLevel: "silent",
});
const sheets = await Promise.all([
  readFile(graphiqlStyle, "utf8"),
  readFile(join(here, "src", "style.css"), "utf8"),
]);
await writeFile(join(dist, "explorer.css"), sheets.join("\n"));
