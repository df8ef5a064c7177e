/**
 * A parser for Python pickles, protocols 0 to 5, that cannot execute: names stay names (`globals.ts` says which are
 * refused), calls become data. Follows the opcodes of CPython's Lib/pickletools.py.
 */
import { CheckpointError, quoted } from "../errors.ts";
import type { Cursor } from "./cursor.ts";
import { dictionaries, isPlain, knownGlobal } from "./globals.ts";
import { PickleGlobal, PickleObject } from "./values.ts";

export interface PickleHooks {
  /** What a persistent id stands for: in torch's files, a storage. */
  readonly persistent: (id: unknown) => unknown;
  /** The result of a function that is understood, or undefined to keep the call as inert data. */
  readonly reduce: (name: string, args: readonly unknown[]) => unknown;
  /** Told of every name that is no plain data and whose objects stay closed. */
  readonly onClosed?: (qualifiedName: string) => void;
}

const MARK = Symbol("mark");
/** Real checkpoints stay far below; a flood of opcodes is stopped before it fills the memory. */
const MOST_VALUES = 4_000_000;
const LONGEST_INTEGER = 256;

const noHooks: PickleHooks = { persistent: () => null, reduce: () => undefined };

/**
 * Parses one pickle, up to its STOP; `cursor` then stands behind it.
 * @throws CheckpointError on anything that is not a complete pickle, and on names that do harm.
 */
export function parsePickle(cursor: Cursor, hooks: PickleHooks = noHooks): unknown {
  return new Machine(cursor, hooks).run();
}

class Machine {
  readonly #in: Cursor;
  readonly #hooks: PickleHooks;
  #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  #values = 0;

  constructor(cursor: Cursor, hooks: PickleHooks) {
    this.#in = cursor;
    this.#hooks = hooks;
  }

  run(): unknown {
    for (;;) {
      const opcode = String.fromCharCode(this.#in.uint8());
      if (opcode === ".") return this.#pop();
      this.#step(opcode);
    }
  }

  #damaged(what: string): never {
    throw new CheckpointError(`its pickle is damaged: ${what} before byte ${this.#in.position}`);
  }

  #push(value: unknown): void {
    if (++this.#values > MOST_VALUES) {
      throw new CheckpointError(`its pickle holds more than ${MOST_VALUES} values: not a checkpoint`);
    }
    this.#stack.push(value);
  }

  #pop(): unknown {
    if (this.#stack.length === 0) this.#damaged("a value is missing");
    const value = this.#stack.pop();
    if (value === MARK) this.#damaged("a value is missing");
    return value;
  }

  #top(): unknown {
    if (this.#stack.length === 0 || this.#stack.at(-1) === MARK) this.#damaged("a value is missing");
    return this.#stack.at(-1);
  }

  /** Everything above the last mark, which goes too. */
  #popMark(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) this.#damaged("a mark is missing");
    const values = this.#stack.splice(mark);
    values.shift();
    return values;
  }

  #step(opcode: string) {
    const input = this.#in;
    switch (opcode) {
      // Protocol marks
      case "\x80": {
        const protocol = input.uint8();
        if (protocol > 5) this.#damaged(`unknown protocol ${protocol}`);
        return;
      }
      case "\x95":
        input.uint64();
        return;

      // Constants and numbers
      case "N":
        return this.#push(null);
      case "\x88":
        return this.#push(true);
      case "\x89":
        return this.#push(false);
      case "K":
        return this.#push(input.uint8());
      case "M":
        return this.#push(input.uint16());
      case "J":
        return this.#push(input.int32());
      case "\x8a":
        return this.#push(this.#long(input.uint8()));
      case "\x8b":
        return this.#push(this.#long(input.uint32()));
      case "G":
        return this.#push(input.float64BigEndian());
      case "I": {
        const line = input.line();
        return this.#push(line === "00" ? false : line === "01" ? true : this.#integer(line));
      }
      case "L":
        return this.#push(this.#integer(input.line().replace(/L$/, "")));
      case "F": {
        const value = Number(input.line().replace(/^([+-]?)inf$/, "$1Infinity"));
        return this.#push(value);
      }

      // Strings and bytes
      case "X":
        return this.#push(input.text(input.uint32()));
      case "\x8c":
        return this.#push(input.text(input.uint8()));
      case "\x8d":
        return this.#push(input.text(input.uint64()));
      case "V":
        return this.#push(
          input
            .line()
            .replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        );
      // Python 2's str: text in all that matters here, and latin-1 keeps every byte.
      case "U":
        return this.#push(Buffer.from(input.take(input.uint8())).toString("latin1"));
      case "T":
        return this.#push(Buffer.from(input.take(input.uint32())).toString("latin1"));
      case "S":
        return this.#push(this.#unquote(input.line()));
      case "C":
        return this.#push(input.take(input.uint8()));
      case "B":
        return this.#push(input.take(input.uint32()));
      case "\x8e":
      case "\x96":
        return this.#push(input.take(input.uint64()));

      // Collections
      case "(":
        return this.#push(MARK);
      case ")":
      case "]":
        return this.#push([]);
      case "}":
        return this.#push(new Map());
      case "\x8f":
        return this.#push(new Set());
      case "\x85":
        return this.#push([this.#pop()]);
      case "\x86": {
        const second = this.#pop();
        return this.#push([this.#pop(), second]);
      }
      case "\x87": {
        const third = this.#pop();
        const second = this.#pop();
        return this.#push([this.#pop(), second, third]);
      }
      case "t":
      case "l":
        return this.#push(this.#popMark());
      case "d": {
        const dictionary = new Map();
        this.#setItems(dictionary, this.#popMark());
        return this.#push(dictionary);
      }
      case "\x91":
        return this.#push(new Set(this.#popMark()));
      case "a": {
        const value = this.#pop();
        return this.#append(this.#top(), [value]);
      }
      case "e": {
        const values = this.#popMark();
        return this.#append(this.#top(), values);
      }
      case "\x90": {
        const values = this.#popMark();
        const target = this.#top();
        const set = target instanceof PickleObject ? new Set() : target;
        if (!(set instanceof Set)) this.#damaged("items are added to what is not a set");
        for (const value of values) set.add(value);
        return;
      }
      case "s": {
        const value = this.#pop();
        const key = this.#pop();
        return this.#setItems(this.#top(), [key, value]);
      }
      case "u": {
        const items = this.#popMark();
        return this.#setItems(this.#top(), items);
      }

      // The stack and the memo
      case "0":
        if (this.#stack.length === 0) this.#damaged("a value is missing");
        this.#stack.pop();
        return;
      case "1":
        this.#popMark();
        return;
      case "2":
        return this.#push(this.#top());
      case "p":
        return this.#remember(this.#index(input.line()));
      case "q":
        return this.#remember(input.uint8());
      case "r":
        return this.#remember(input.uint32());
      case "\x94":
        return this.#remember(this.#memo.size);
      case "g":
        return this.#recall(this.#index(input.line()));
      case "h":
        return this.#recall(input.uint8());
      case "j":
        return this.#recall(input.uint32());

      // Names and calls
      case "c": {
        const module = input.line();
        return this.#push(this.#global(module, input.line()));
      }
      case "\x93": {
        const name = this.#pop();
        const module = this.#pop();
        if (typeof name !== "string" || typeof module !== "string") this.#damaged("a name is not text");
        return this.#push(this.#global(module, name));
      }
      case "R":
      case "\x81": {
        const args = this.#pop();
        return this.#push(this.#call(this.#pop(), args));
      }
      case "\x92": {
        const keywords = this.#pop();
        const args = this.#pop();
        if (!(keywords instanceof Map) || !Array.isArray(args)) this.#damaged("a call without arguments");
        return this.#push(this.#call(this.#pop(), [...args, ...keywords.values()]));
      }
      case "i": {
        const module = input.line();
        const global = this.#global(module, input.line());
        return this.#push(this.#call(global, this.#popMark()));
      }
      case "o": {
        const [callee, ...args] = this.#popMark();
        return this.#push(this.#call(callee, args));
      }
      case "b": {
        const state = this.#pop();
        const target = this.#top();
        // A Map's state is torch's `_metadata`, a tensor's its Python attributes: neither is needed.
        if (target instanceof PickleObject) target.state = state;
        return;
      }
      case "P":
        return this.#push(this.#hooks.persistent(input.line()));
      case "Q":
        return this.#push(this.#hooks.persistent(this.#pop()));
      default:
        this.#damaged(`unknown instruction 0x${opcode.charCodeAt(0).toString(16)}`);
    }
  }

  #global(module: string, name: string): PickleGlobal {
    const qualified = knownGlobal(module, name);
    if (!isPlain(qualified)) this.#hooks.onClosed?.(qualified);
    return new PickleGlobal(qualified);
  }

  #call(callee: unknown, args: unknown): unknown {
    // What a closed call gives may be called again: a bound method, a class inside a class.
    if (callee instanceof PickleObject) return new PickleObject(callee.className, [callee, args]);
    if (!(callee instanceof PickleGlobal)) this.#damaged("a call of what is not a name");
    if (!Array.isArray(args)) this.#damaged(`a call of ${quoted(callee.qualifiedName)} without arguments`);
    const name = callee.qualifiedName;
    if (dictionaries.has(name)) return this.#dictionary(args.at(-1));
    return this.#hooks.reduce(name, args) ?? new PickleObject(name, args);
  }

  /** OrderedDict() and its kin: from nothing, from a dictionary, or from pairs. */
  #dictionary(from: unknown): Map<unknown, unknown> {
    if (from instanceof Map) return new Map(from);
    const dictionary = new Map<unknown, unknown>();
    if (Array.isArray(from)) {
      for (const pair of from) if (Array.isArray(pair) && pair.length === 2) dictionary.set(pair[0], pair[1]);
    }
    return dictionary;
  }

  #append(target: unknown, values: readonly unknown[]): void {
    const list = target instanceof PickleObject ? target.appended : target;
    if (!Array.isArray(list)) this.#damaged("items are appended to what is not a list");
    for (const value of values) list.push(value);
  }

  #setItems(target: unknown, items: readonly unknown[]): void {
    const dictionary = target instanceof PickleObject ? target.items : target;
    if (!(dictionary instanceof Map)) this.#damaged("items are set in what is not a dictionary");
    if (items.length % 2 !== 0) this.#damaged("a key without a value");
    for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1]);
  }

  #remember(index: number): void {
    this.#memo.set(index, this.#top());
  }

  #recall(index: number): void {
    if (!this.#memo.has(index)) this.#damaged(`value ${index} is used before it is there`);
    this.#push(this.#memo.get(index));
  }

  #index(line: string): number {
    if (!/^\d{1,9}$/.test(line)) this.#damaged("an index is not a number");
    return Number(line);
  }

  #integer(line: string): number | bigint {
    if (!/^[+-]?\d{1,300}$/.test(line)) this.#damaged("an integer is not a number");
    const value = Number(line);
    return Number.isSafeInteger(value) ? value : BigInt(line);
  }

  /** Little-endian two's complement. */
  #long(length: number): number | bigint {
    if (length > LONGEST_INTEGER) this.#damaged(`an integer of ${length} bytes`);
    const bytes = this.#in.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    value = BigInt.asIntN(length * 8, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** Protocol 0's quoted strings; escapes beyond quotes and backslashes do not occur in names. */
  #unquote(line: string): string {
    const quote = line[0];
    if (line.length < 2 || (quote !== "'" && quote !== '"') || line.at(-1) !== quote) {
      this.#damaged("a string without quotes");
    }
    return line.slice(1, -1).replace(/\\(['"\\])/g, "$1");
  }
}
