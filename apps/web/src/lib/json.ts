/** JSON to be read: fields by name, as comparisons have them, for Postgres keeps them by length. */
export const inOrder = (value: unknown): string => JSON.stringify(value, byName, 2);

function byName(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
