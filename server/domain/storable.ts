/** Strangers wrote it, and PostgreSQL's JSON takes neither NUL nor half a surrogate pair. */
export const storable = <Value>(value: Value): Value =>
  // the same shape: only texts change
  JSON.parse(JSON.stringify(value), (_key, one: unknown) =>
    typeof one === 'string' ? one.toWellFormed().replaceAll('\0', '') : one,
  ) as Value;
