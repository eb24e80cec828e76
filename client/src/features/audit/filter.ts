const HOUR_MS = 60 * 60 * 1000;

/** The time ranges of the filter. */
export const PERIODS = [
  { value: 'all', label: 'All time', ms: null },
  { value: 'hour', label: 'Last hour', ms: HOUR_MS },
  { value: 'day', label: 'Last 24 hours', ms: 24 * HOUR_MS },
  { value: 'week', label: 'Last 7 days', ms: 7 * 24 * HOUR_MS },
  { value: 'month', label: 'Last 30 days', ms: 30 * 24 * HOUR_MS },
] as const;

export type AuditFilter = { type: string | null; deployment: string | null; period: string };

export const readFilter = (params: URLSearchParams): AuditFilter => ({
  type: params.get('type'),
  deployment: params.get('deployment'),
  period: PERIODS.find(({ value }) => value === params.get('period'))?.value ?? 'all',
});

/** The beginning of a time range, to the minute, so that renders within a minute share one query. */
export function sinceOf(period: string, now: number): string | null {
  const ms = PERIODS.find(({ value }) => value === period)?.ms ?? null;
  return ms === null ? null : new Date(Math.floor((now - ms) / 60_000) * 60_000).toISOString();
}

/** The address of the same entries as JSON lines. */
export function exportUrl({ type, deployment, period }: AuditFilter, now: number): string {
  const since = sinceOf(period, now);
  const query = new URLSearchParams({
    ...(type ? { type } : {}),
    ...(deployment ? { deployment } : {}),
    ...(since ? { since } : {}),
  });
  return `/api/audit.jsonl${query.size > 0 ? `?${query}` : ''}`;
}
