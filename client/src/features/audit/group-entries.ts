/** An entry as the page reads it. */
export type Entry = {
  id: string;
  at: string;
  actor: string;
  ip?: string | null;
  type: string;
  deploymentDatabaseId?: string | null;
  deploymentName?: string | null;
  data: unknown;
};

export type Group<E extends Entry> = {
  /** The newest entry, which stands for the action. */
  first: E;
  /** All entries of the action, the newest first. */
  entries: readonly E[];
};

/** Entries of one action follow each other this closely. */
const GAP_MS = 60_000;

/** Actions that people carry out on many deployments at once. */
const MANY = new Set([
  'deployment.started',
  'deployment.stopped',
  'deployment.restarted',
  'deployment.deleted',
  'deployment.redeployed',
  'deployment.updated',
]);

const isSameAction = (a: Entry, b: Entry): boolean =>
  MANY.has(a.type) &&
  a.type === b.type &&
  a.actor === b.actor &&
  (a.ip ?? null) === (b.ip ?? null) &&
  a.deploymentDatabaseId !== b.deploymentDatabaseId &&
  Date.parse(a.at) - Date.parse(b.at) <= GAP_MS;

/** Joins entries of one action, such as a stop of 34 deployments, into one; newest first, as they come. */
export function groupEntries<E extends Entry>(entries: readonly E[]): Group<E>[] {
  const groups: { first: E; entries: E[] }[] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    const previous = last?.entries.at(-1);
    const isNew =
      !last ||
      !previous ||
      !isSameAction(previous, entry) ||
      last.entries.some((one) => one.deploymentDatabaseId === entry.deploymentDatabaseId);
    if (isNew) groups.push({ first: entry, entries: [entry] });
    else last.entries.push(entry);
  }
  return groups;
}

/** The viewer's day of a moment, as a key and as a heading. */
export function dayOf(at: string, now: Date): { key: string; label: string } {
  const date = new Date(at);
  const key = `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
  const start = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  const days = Math.round((start(now) - start(date)) / 86_400_000);
  if (days === 0) return { key, label: 'Today' };
  if (days === 1) return { key, label: 'Yesterday' };
  return { key, label: DAY.format(date) };
}

const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
