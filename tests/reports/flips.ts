/** One byte of a file changed at random, over and over: whoever reads it must refuse it, or read what was written. */
import { readFileSync, writeFileSync } from "node:fs";
import { SeededRandom } from "@transferboard/eval-core/tensor";

export interface Flips {
  readonly file: string;
  /** How many flips. */
  readonly times: number;
  /** The bytes that are changed: all of the file unless told. */
  readonly within?: { readonly from: number; readonly to: number };
  /** What is read, as text to compare; throws where it is refused. */
  readonly read: () => unknown;
  /** Whether an error is one of ours that says what is wrong, and not a crash. */
  readonly isRefusal: (error: Error) => boolean;
}

export interface Flipped {
  readonly refused: number;
  readonly harmless: number;
  /** What was read as something else, or broke: each is a fault. */
  readonly faults: readonly string[];
}

const asText = (value: unknown): string => JSON.stringify(value) ?? "undefined";

export async function flip({ file, times, within, read, isRefusal }: Flips): Promise<Flipped> {
  const whole = readFileSync(file);
  const { from, to } = within ?? { from: 0, to: whole.length };
  const right = asText(await read());
  const random = new SeededRandom(20_113_377);
  const draw = (n: number) => Math.min(n - 1, Math.floor(random.uniform() * n));
  let refused = 0;
  let harmless = 0;
  const faults: string[] = [];
  for (let i = 0; i < times; i++) {
    const at = from + draw(to - from);
    const by = 1 + draw(255);
    const bytes = Buffer.from(whole);
    bytes[at] = bytes[at]! ^ by;
    writeFileSync(file, bytes);
    const place = `byte ${at} ^ ${by}`;
    try {
      if (asText(await read()) === right) harmless++;
      else faults.push(`${place}: read as something else`);
    } catch (error) {
      if (error instanceof Error && isRefusal(error)) refused++;
      else faults.push(`${place}: ${(error as Error).stack?.split("\n").slice(0, 2).join(" ")}`);
    }
  }
  writeFileSync(file, whole);
  return { refused, harmless, faults };
}
