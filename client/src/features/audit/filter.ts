const HOUR_MS = 60 * 60 * 1000;

/** The time ranges of the filter. */
export const PERIODS = [
  { value: 'all', label: 'All time', ms: null },
  { value: 'hour', label: 'Last hour', ms: HOUR_MS },
  { value: 'day', label: 'Last 24 hours', ms: 24 * HOUR_MS },
  { value: 'week', label: 'Last 7 days', ms: 7 * 24 * HOUR_MS },
  { value: 'month', label: 'Last 30 days', ms: 30 * 24 * HOUR_MS },
] as const;

/** Changes of a status are what Catwalk saw, and not what anybody did: they have a view of their own. */
export const STATUS_TYPE = 'deployment.status';

export type AuditFilter = {
  /** People's actions, or changes of a status. */
  shows: 'actions' | 'status';
  type: string | null;
  deployment: string | null;
  /** The id of a user, or `system`. */
  person: string | null;
  search: string;
  period: string;
};

/** The types of entries that a filter selects; null selects all. */
export const typesOf = (
  { shows, type }: Pick<AuditFilter, 'shows' | 'type'>,
  all: readonly string[],
): string[] | null => {
  if (shows === 'status') return [STATUS_TYPE];
  if (type !== null) return [type];
  const actions = all.filter((one) => one !== STATUS_TYPE);
  return actions.length === 0 ? null : actions;
};

export const readFilter = (params: URLSearchParams): AuditFilter => ({
  shows: params.get('shows') === 'status' ? 'status' : 'actions',
  type: params.get('type'),
  deployment: params.get('deployment'),
  person: params.get('person'),
  search: params.get('q') ?? '',
  period: PERIODS.find(({ value }) => value === params.get('period'))?.value ?? 'all',
});

/** The beginning of a time range, to the minute, so that renders within a minute share one query. */
export function sinceOf(period: string, now: number): string | null {
  const ms = PERIODS.find(({ value }) => value === period)?.ms ?? null;
  return ms === null ? null : new Date(Math.floor((now - ms) / 60_000) * 60_000).toISOString();
}

/** The address of the same entries as JSON lines. */
export function exportUrl({ shows, type, deployment, person, search, period }: AuditFilter, now: number): string {
  const since = sinceOf(period, now);
  const query = new URLSearchParams({
    ...(shows === 'status' ? { type: STATUS_TYPE } : type ? { type } : {}),
    ...(person ? { actor: person } : {}),
    ...(search.trim() === '' ? {} : { search: search.trim() }),
    ...(deployment ? { deployment } : {}),
    ...(since ? { since } : {}),
  });
  return `/api/audit.jsonl${query.size > 0 ? `?${query}` : ''}`;
}
