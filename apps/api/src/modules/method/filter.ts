/** Which methods a reader wants to see: the part of every filter that is about methods. */
import { BadInput } from "../../errors.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { AUGMENTATIONS, type Augmentation, type Family, type Method } from "../catalogue/entities.ts";
import { hasWords } from "./words.ts";

export interface Range {
  readonly min?: number | null | undefined;
  readonly max?: number | null | undefined;
}

export interface MethodFilter {
  readonly methods?: readonly string[] | null | undefined;
  readonly family?: readonly Family[] | null | undefined;
  readonly year?: Range | null | undefined;
  readonly epochs?: Range | null | undefined;
  readonly batchSize?: Range | null | undefined;
  readonly augmentation?: readonly Augmentation[] | null | undefined;
  readonly withoutAugmentation?: readonly Augmentation[] | null | undefined;
  readonly search?: string | null | undefined;
}

/** Null is outside every range: what is not known cannot be shown to hold. */
function within(value: number | null | undefined, range: Range | null | undefined, name: string): boolean {
  if (!range) return true;
  const { min, max } = range;
  if (min != null && max != null && min > max) {
    throw new BadInput(`The filter '${name}' is empty: its min ${min} is above its max ${max}.`);
  }
  if (min == null && max == null) return true;
  return value != null && value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}

/**
 * A test of one method against all that the filter names.
 * @throws UnknownSlug when `methods` names one that does not exist; BadInput on a range upside down.
 */
export function methodTest(
  filter: MethodFilter | null | undefined,
  catalogue: Catalogue,
): (m: Method) => boolean {
  if (!filter) return () => true;
  const { family, year, epochs, batchSize, augmentation, withoutAugmentation } = filter;
  const methods = filter.methods && new Set(filter.methods.map((slug) => catalogue.method(slug)));
  within(0, year, "year");
  within(0, epochs, "epochs");
  within(0, batchSize, "batchSize");
  // Only what is asked for is tested: a board asks it of every method.
  const tests: ((method: Method) => boolean)[] = [];
  if (methods) tests.push((method) => methods.has(method));
  if (family) tests.push((method) => family.includes(method.family));
  if (year) tests.push((method) => within(method.year, year, "year"));
  if (epochs) tests.push(({ pretraining }) => within(pretraining?.epochs, epochs, "epochs"));
  if (batchSize) tests.push(({ pretraining }) => within(pretraining?.batchSize, batchSize, "batchSize"));
  for (const name of augmentation ?? []) {
    tests.push(({ pretraining }) => pretraining?.[AUGMENTATIONS[name]] === true);
  }
  for (const name of withoutAugmentation ?? []) {
    tests.push(({ pretraining }) => pretraining?.[AUGMENTATIONS[name]] === false);
  }
  if (filter.search) tests.push(hasWords(filter.search));
  return (method) => tests.every((test) => test(method));
}
