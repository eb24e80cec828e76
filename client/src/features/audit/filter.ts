const HOUR_MS = 60 * 60 * 1000;

/** How far back the trail goes that is shown. */
export const PERIODS = [
  { value: 'all', label: 'any time', ms: null },
  { value: 'hour', label: 'last hour', ms: HOUR_MS },
  { value: 'day', label: 'last 24 hours', ms: 24 * HOUR_MS },
  { value: 'week', label: 'last 7 days', ms: 7 * 24 * HOUR_MS },
  { value: 'month', label: 'last 30 days', ms: 30 * 24 * HOUR_MS },
] as const;

export type AuditFilter = { type: string | null; deployment: string | null; period: string };

export const readFilter = (params: URLSearchParams): AuditFilter => ({
  type: params.get('type'),
  deployment: params.get('deployment'),
  period: PERIODS.find(({ value }) => value === params.get('period'))?.value ?? 'all',
});

/** When a period began, to the minute: the same question is not asked anew at every drawing. */
export function sinceOf(period: string, now: number): string | null {
  const ms = PERIODS.find(({ value }) => value === period)?.ms ?? null;
  return ms === null ? null : new Date(Math.floor((now - ms) / 60_000) * 60_000).toISOString();
}

/** Where the same part of the trail is as JSON lines. */
export function exportUrl({ type, deployment, period }: AuditFilter, now: number): string {
  const since = sinceOf(period, now);
  const query = new URLSearchParams({
    ...(type ? { type } : {}),
    ...(deployment ? { deployment } : {}),
    ...(since ? { since } : {}),
  });
  return `/api/audit.jsonl${query.size > 0 ? `?${query}` : ''}`;
}
