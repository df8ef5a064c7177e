/** `--skip-unreadable` says what it left out, on the terminal and in the JSON. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkpoint, start, temporaryFolder } from "../pipeline/command.ts";

const data = join(import.meta.dirname, "08-skip-unreadable", "data");

it("names each image that was left out, and how many are left", async () => {
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
    /1 image of 24 could not be read and is left out: bee\/04\.jpg\. The value is of the other 23/,
  );
}, 120_000);
