/**
 * Makes a stranger's text storable in PostgreSQL: without NUL and half surrogate pairs. One such character in an error,
 * a tool's description or a registry's entry would otherwise keep the whole change from being written, for ever.
 */
export function storable<T>(value: T): T {
  return clean(value) as T; // the same shape: only characters inside strings change
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [String(clean(key)), clean(entry)]));
}
