/**
 * What a pickle can hold besides plain data. Dictionaries (OrderedDict too) are Maps, lists and tuples arrays,
 * sets Sets, None null, bytes Uint8Arrays, integers numbers or, beyond 2^53, bigints.
 */

/** A name that the pickle asks for: a class or a function. Nothing is ever called. */
export class PickleGlobal {
  readonly qualifiedName: string;
  constructor(qualifiedName: string) {
    this.qualifiedName = qualifiedName;
  }
}

/** What a call of a name would give, kept as inert data: what it was made from and the state it was given. */
export class PickleObject {
  readonly className: string;
  readonly arguments: unknown;
  state: unknown = undefined;
  readonly items = new Map<unknown, unknown>();
  readonly appended: unknown[] = [];
  constructor(className: string, args: unknown) {
    this.className = className;
    this.arguments = args;
  }
}
