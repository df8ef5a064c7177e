/**
 * JSON as it is found in files of results: Python writes NaN, Infinity and -Infinity as bare words, and a field that is told
 * twice would be taken by its last value without a word. Everything else is RFC 8259.
 */

/** Not JSON; the message has the line. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  /** From 1. */
  readonly line: number;
  constructor(message: string, line: number) {
    super(`${message} (line ${line})`);
    this.line = line;
  }
}

export interface ParsedJson {
  readonly value: unknown;
  /** Where a field stands a second time: its path. The first one is in the value. */
  readonly repeated: readonly (readonly (string | number)[])[];
  /** JSON pointer -> a number's text, where it is not the shortest one of its value: "0.20" of 0.2. */
  readonly written: ReadonlyMap<string, string>;
  /** The text of each field of the whole, where it is an object: what can be read again with nothing lost. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Objects and lists in each other; no file of results is deeper than a few. */
const DEEPEST = 500;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /-?[A-Za-z]+/y;
const SPACE = /[ \t\r\n]*/y;

/** @throws JsonError */
export function parseJson(text: string): ParsedJson {
  return new Reader(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).document();
}

class Reader {
  readonly #text: string;
  #at = 0;
  readonly #path: (string | number)[] = [];
  readonly #repeated: (string | number)[][] = [];
  readonly #written = new Map<string, string>();
  readonly #texts = new Map<string, string>();

  constructor(text: string) {
    this.#text = text;
  }

  document(): ParsedJson {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail("something follows the document");
    return { value, repeated: this.#repeated, written: this.#written, texts: this.#texts };
  }

  #fail(what: string): never {
    let line = 1;
    for (let i = 0; i < this.#at && i < this.#text.length; i++) if (this.#text[i] === "\n") line++;
    const found =
      this.#at >= this.#text.length ? "the text ends" : `'${this.#text.slice(this.#at, this.#at + 20)}'`;
    throw new JsonError(`${what}: found ${found.replace(/[\r\n]/g, " ")}`, line);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #space(): void {
    this.#match(SPACE);
  }

  #value(): unknown {
    this.#space();
    const start = this.#text[this.#at];
    if (start === "{") return this.#object();
    if (start === "[") return this.#list();
    if (start === '"') return this.#string();
    const number = this.#match(NUMBER);
    if (number !== undefined) return this.#number(number);
    const before = this.#at;
    const word = this.#match(WORD);
    if (word !== undefined && WORDS.has(word)) return WORDS.get(word);
    this.#at = before;
    return this.#fail("expected a value");
  }

  #number(text: string): number {
    const value = Number(text);
    if (String(value) !== text) this.#written.set(this.#pointer(), text);
    return value;
  }

  /** RFC 6901, of where the reader is. */
  #pointer(): string {
    return this.#path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  }

  #string(): string {
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === "\\" ? 2 : 1;
    if (end >= this.#text.length) this.#fail("expected a whole text in quotes");
    try {
      // Its escapes are JSON.parse's to read.
      const found = JSON.parse(this.#text.slice(this.#at, end + 1)) as string;
      this.#at = end + 1;
      return found;
    } catch {
      return this.#fail("expected a text with JSON's escapes");
    }
  }

  #enter(key: string | number): void {
    if (this.#path.length >= DEEPEST) this.#fail(`nested deeper than ${DEEPEST}`);
    this.#path.push(key);
  }

  #object(): Record<string, unknown> {
    const target: Record<string, unknown> = {};
    this.#at++;
    this.#space();
    if (this.#take("}")) return target;
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail("expected a field's name in quotes");
      const key = this.#string();
      this.#space();
      if (!this.#take(":")) this.#fail("expected a colon behind a field's name");
      this.#enter(key);
      this.#space();
      const start = this.#at;
      const value = this.#value();
      const isOfWhole = this.#path.length === 1 && !this.#texts.has(key);
      if (isOfWhole) this.#texts.set(key, this.#text.slice(start, this.#at));
      if (Object.hasOwn(target, key)) this.#repeated.push([...this.#path]);
      // "__proto__" is a field like any other.
      else
        Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
      this.#path.pop();
      this.#space();
    } while (this.#take(","));
    if (!this.#take("}")) this.#fail("expected a comma or a closing brace");
    return target;
  }

  #list(): unknown[] {
    const target: unknown[] = [];
    this.#at++;
    this.#space();
    if (this.#take("]")) return target;
    do {
      this.#enter(target.length);
      target.push(this.#value());
      this.#path.pop();
      this.#space();
    } while (this.#take(","));
    if (!this.#take("]")) this.#fail("expected a comma or a closing bracket");
    return target;
  }

  #take(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false;
    this.#at++;
    return true;
  }
}

/**
 * Moves the decimal point of a number's shortest text, so that 0.57 becomes 57 and not 56.99999999999999.
 * @param places to the right; negative ones to the left
 */
export function shiftDecimal(value: number, places: number): number {
  const [digits = "", exponent = "0"] = String(value).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}
