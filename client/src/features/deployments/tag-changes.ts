type Tagged = { id: string; tags: readonly string[] };

/** Adds tags to rows and takes others from them; rows whose tags stay the same are left out. */
export function tagChanges(
  rows: readonly Tagged[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): { id: string; tags: string[] }[] {
  const removed = new Set(remove.map((tag) => tag.toLowerCase()));
  return rows.flatMap(({ id, tags }) => {
    const kept = tags.filter((tag) => !removed.has(tag.toLowerCase()));
    const known = new Set(kept.map((tag) => tag.toLowerCase()));
    const next = [...kept, ...add.filter((tag) => !known.has(tag.toLowerCase()))];
    return next.length === tags.length && next.every((tag, at) => tag === tags[at]) ? [] : [{ id, tags: next }];
  });
}
