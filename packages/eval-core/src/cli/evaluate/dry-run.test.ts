/** A dry run that finds a fault ends as the evaluation would, after the plan is printed. */
import { expect, it } from "vitest";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type Plan, requireNoRefusal } from "./dry-run.ts";

const planWith = (refusals: Plan["refusals"]): Plan => ({
  ...{ targets: [], refusals, imagesPerSecond: 1, device: "cpu" },
  ...{ extractionSeconds: 0, trainingSeconds: 0, seconds: 0 },
});

it("nothing refused is no error", () => {
  expect(() => requireNoRefusal(planWith([]))).not.toThrow();
});

it("every refusal is named, and the first decides the exit code", () => {
  const refusals = [
    { message: "the database is away", exitCode: EXIT.database },
    { message: "no images", exitCode: EXIT.badInput },
  ];
  try {
    requireNoRefusal(planWith(refusals));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    expect((error as CommandError).exitCode).toBe(EXIT.database);
    expect((error as CommandError).message).toBe(
      "the evaluation would be refused: the database is away. And 1 more: no images",
    );
  }
});
