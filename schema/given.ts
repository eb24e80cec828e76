type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** An input without the fields that were not given, so that absent and null stay apart. */
export const given = <T extends object>(input: T): Given<T> =>
  // the entries that are left are those of the type
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Given<T>;
