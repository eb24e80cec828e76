/** Writes JSON with the members of objects in one order: the order of a stored schema or result has no meaning. */
export const sortedJson = (value: unknown, indent = 0): string => JSON.stringify(value, withSortedKeys, indent) ?? '';

const withSortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
