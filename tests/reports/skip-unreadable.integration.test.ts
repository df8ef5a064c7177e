/** `--skip-unreadable` says what it left out, on the terminal and in the JSON. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkpoint, start, temporaryFolder } from "../pipeline/command.ts";

const reported = join(import.meta.dirname, "08-skip-unreadable", "data");

/** The reported folder, with more images of the kind: empty, of text, and cut in its header. */
function withMore(): string {
  const data = temporaryFolder();
  cpSync(reported, data, { recursive: true });
  const whole = readFileSync(join(data, "cat", "00.jpg"));
  writeFileSync(join(data, "ant", "90.jpg"), "");
  writeFileSync(join(data, "bee", "91.png"), "<html>404 Not Found</html>");
  writeFileSync(join(data, "cat", "92.jpg"), whole.subarray(0, 20));
  return data;
}

it("names each image that was left out, and how many are left", async () => {
  const data = withMore();
  const args = [
    ...[
      "evaluate",
      "--checkpoint",
      checkpoint,
      "--method",
      "m",
      "--data",
      data,
      "--preprocessing",
      "shorter-32",
    ],
    ...[
      "--skip-unreadable",
      "--no-record",
      "--device",
      "cpu",
      "--threads",
      "1",
      "--cache",
      temporaryFolder(),
    ],
  ];
  const { code, stdout, stderr } = await start(args).ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const said = `${stdout}${stderr}`;
  expect(said).toMatch(
    /4 images of 27 could not be read and are left out: ant\/90\.jpg, bee\/04\.jpg, bee\/91\.png, cat\/92\.jpg\. The value is of the other 23/,
  );
}, 120_000);
