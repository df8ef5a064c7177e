/**
 * Claims as text: a question of the record, and what is asserted of its value.
 *
 *     claim     = question, ( op number | "between" number "and" number | "is" number [ "+-" number ] )
 *     question  = "correlation(" variable "," variable { "," option } ")" | "compare(" method "," method "," variable ")"
 *               | "rank(" method "," variable ")" | "value(" method "," measure ")"
 *     variable  = measure | "suite:" suite
 *     option    = "pearson" | "spearman" | "kendall" | "raw"
 *
 *     correlation(imagenet/imagenet/top1, suite:detection-frozen) is 0.80
 */
import { decimalsOf } from "../plausibility/input.ts";
import type { Answer, Assertion } from "./state.ts";

export class ClaimError extends Error {
  override readonly name = "ClaimError";
}

export type Variable = { readonly measure: string } | { readonly suite: string };

export type Question =
  | {
      readonly kind: "correlation";
      readonly x: Variable;
      readonly y: Variable;
      readonly coefficient: "pearson" | "spearman" | "kendall";
      /** Whether the logit of bounded metrics is left out. */
      readonly raw: boolean;
    }
  | { readonly kind: "compare"; readonly a: string; readonly b: string; readonly variable: Variable }
  | { readonly kind: "rank"; readonly method: string; readonly variable: Variable }
  | { readonly kind: "value"; readonly method: string; readonly measure: string };

/** As stated; `is c` alone becomes an assertion by `assertionOf`, from the answer at that moment. */
export type Statement =
  | Assertion
  | { readonly op: "is"; readonly value: number; readonly tolerance?: number };

export interface Claim {
  readonly question: Question;
  readonly statement: Statement;
}

const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?`;
const SLUG = /^[a-z0-9][a-z0-9.-]*$/;

function numberOf(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new ClaimError(`${text} is not a finite number.`);
  return value;
}

function methodOf(text: string): string {
  if (!SLUG.test(text)) throw new ClaimError(`'${text}' is not a method's slug, such as moco-v2.`);
  return text;
}

function measureOf(text: string): string {
  if (text.split("/").length === 3 && text.split("/").every((part) => SLUG.test(part))) return text;
  throw new ClaimError(`'${text}' is not a measure, such as imagenet/imagenet/top1.`);
}

function variableOf(text: string): Variable {
  if (!text.startsWith("suite:")) return { measure: measureOf(text) };
  const suite = text.slice("suite:".length);
  if (!SLUG.test(suite)) throw new ClaimError(`'${suite}' is not a suite's slug, such as many-shot-linear.`);
  return { suite };
}

function expectCount(kind: string, args: readonly string[], count: number): void {
  if (args.length === count) return;
  throw new ClaimError(`${kind}(...) takes ${count} arguments: found ${args.length}.`);
}

function questionOf(kind: string, args: readonly string[]): Question {
  switch (kind) {
    case "correlation": {
      if (args.length < 2)
        throw new ClaimError(`correlation(x, y) takes two variables: found ${args.length}.`);
      const [x, y, ...options] = args as [string, string, ...string[]];
      const coefficients: ("pearson" | "spearman" | "kendall")[] = [];
      let raw = false;
      for (const option of options) {
        if (option === "raw") raw = true;
        else if (option === "pearson" || option === "spearman" || option === "kendall")
          coefficients.push(option);
        else throw new ClaimError(`unknown option '${option}': known are pearson, spearman, kendall, raw.`);
      }
      if (coefficients.length > 1) throw new ClaimError("Name one coefficient, not several.");
      const coefficient = coefficients[0] ?? "pearson";
      return { kind, x: variableOf(x), y: variableOf(y), coefficient, raw };
    }
    case "compare":
      expectCount(kind, args, 3);
      return { kind, a: methodOf(args[0]!), b: methodOf(args[1]!), variable: variableOf(args[2]!) };
    case "rank":
      expectCount(kind, args, 2);
      return { kind, method: methodOf(args[0]!), variable: variableOf(args[1]!) };
    case "value":
      expectCount(kind, args, 2);
      return { kind, method: methodOf(args[0]!), measure: measureOf(args[1]!) };
    default:
      throw new ClaimError(`unknown question '${kind}': known are correlation, compare, rank, value.`);
  }
}

function statementOf(text: string): Statement {
  const match = (pattern: string) => new RegExp(`^${pattern}$`, "i").exec(text);
  const comparison = match(`(>=|<=|>|<)\\s*(${NUMBER})`);
  if (comparison) {
    return { op: comparison[1] as ">" | ">=" | "<" | "<=", bound: numberOf(comparison[2]!) };
  }
  const between = match(`between\\s+(${NUMBER})\\s+and\\s+(${NUMBER})`);
  if (between) {
    const [lower, upper] = [numberOf(between[1]!), numberOf(between[2]!)];
    if (lower > upper)
      throw new ClaimError(`between ${lower} and ${upper} holds no number: exchange the two.`);
    return { op: "between", lower, upper };
  }
  const is = match(`is\\s+(${NUMBER})(?:\\s*\\+-\\s*(${NUMBER}))?`);
  if (!is) {
    throw new ClaimError(
      `'${text}' asserts nothing: say > 0.5, >= 0.5, < 0.5, <= 0.5, between 0.4 and 0.6, is 0.5, or is 0.5 +- 0.1.`,
    );
  }
  const value = numberOf(is[1]!);
  if (is[2] === undefined) return { op: "is", value };
  const tolerance = numberOf(is[2]);
  if (tolerance < 0) throw new ClaimError(`A tolerance is not negative: found ${tolerance}.`);
  return { op: "is", value, tolerance };
}

/** @throws ClaimError with one sentence */
export function parseClaim(text: string): Claim {
  const parts = /^\s*([a-z]+)\s*\(([^()]*)\)\s*(.*?)\s*$/is.exec(text);
  if (!parts) {
    throw new ClaimError(
      `'${text.trim().slice(0, 80)}' is no claim: write a question such as correlation(x, y), and what holds of it.`,
    );
  }
  const [, kind, args, rest] = parts as unknown as [string, string, string, string];
  const list = args.split(",").map((argument) => argument.trim());
  return { question: questionOf(kind.toLowerCase(), list), statement: statementOf(rest) };
}

/** Rounded as `stated` is: to its number of decimals. */
const roundsTo = (value: number, stated: number): boolean => {
  const unit = 10 ** -decimalsOf(stated);
  return Math.abs(value - stated) <= unit / 2 + Math.abs(stated) * 1e-12;
};

/**
 * The set that is stored: it never moves. `is c` alone means the 95% interval at this moment.
 * @throws ClaimError where the value then does not round to c, or has no interval
 */
export function assertionOf(statement: Statement, now: Answer | null): Assertion {
  if (statement.op !== "is") return statement;
  const { value, tolerance } = statement;
  if (tolerance !== undefined) return { op: "between", lower: value - tolerance, upper: value + tolerance };
  if (now === null)
    throw new ClaimError(`The question has no answer now: say what is meant by ${value} with +-.`);
  if (!roundsTo(now.value, value)) {
    throw new ClaimError(`The answer is ${now.value} now, which does not round to ${value}.`);
  }
  if (now.interval === null) {
    throw new ClaimError(`The answer has no interval: say how far it may move, such as is ${value} +- 0.05.`);
  }
  return { op: "between", ...now.interval };
}
