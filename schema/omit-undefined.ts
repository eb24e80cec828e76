type WithoutUndefined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Removes the fields that are undefined, so that an absent field and null stay different. */
export const omitUndefined = <T extends object>(input: T): WithoutUndefined<T> =>
  // the remaining entries are those of the type
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as WithoutUndefined<T>;
