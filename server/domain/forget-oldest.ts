/** Removes the entries that were added first until at most `sizeMax` are left. */
export const forgetOldest = <Key>(
  entries: Pick<Map<Key, unknown>, 'size' | 'keys' | 'delete'>,
  sizeMax: number,
): void => {
  for (const oldest of entries.keys()) {
    if (entries.size <= sizeMax) return;
    entries.delete(oldest);
  }
};
