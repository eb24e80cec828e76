import type { Access, Build } from './installation.ts';
import type { Seen } from './recorder.ts';
import type { Attempt } from './results.ts';

const MODERN = '2026-07-28';

/** The facts of one connection, from the requests that passed. */
export function readAttempt(access: Access, build: Build, error: string | null, seen: readonly Seen[]): Attempt {
  const atEndpoint = seen.filter(({ path }) => path.startsWith('/api/mcp/'));
  const [first] = seen;
  const later = atEndpoint.filter(({ calls }) => calls.includes('tools/list'));
  const last = later.at(-1);
  const opening = atEndpoint.findLast(({ calls, status }) => calls.includes('initialize') && status === 200);
  return {
    access,
    build,
    error,
    first: first ? describe(first) : null,
    revision: last?.asked ?? last?.revisionHeader ?? opening?.asked ?? null,
    namesRevision: last ? last.revisionHeader !== null : null,
    keepsStream: atEndpoint.some(
      ({ isStream, calls, asked }) => isStream || (asked === MODERN && calls.includes('subscriptions/listen')),
    ),
    endsSession: atEndpoint.some(({ method }) => method === 'DELETE'),
  };
}

function describe({ method, path, calls, asked }: Seen): string {
  const where = path.startsWith('/api/mcp/') ? '' : ` ${path.replace(/[\da-f]{8}-[\da-f-]{27}/, '{id}')}`;
  const what = calls.length > 0 ? ` \`${calls.join('`, `')}\`` : '';
  return `${method}${where}${what}${asked ? ` ${asked}` : ''}`;
}
