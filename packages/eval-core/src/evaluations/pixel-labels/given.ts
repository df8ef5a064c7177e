/** Some of an object's optional properties, those that are there. */
export function given<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Given<T, K> {
  return Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]] as const])),
  ) as Given<T, K>;
}

export type Given<T, K extends keyof T> = { readonly [P in K]?: Exclude<T[P], undefined> };
