import path from 'node:path';
import { isWebAddress } from '#server/domain/advisories/find-advisories.ts';
import type { AdvisoryDatabase } from '#server/domain/advisories/read-database.ts';
import type { Env } from '../env.ts';

/** Where known advisories are read, as the environment names it; `origins` may be private, since the operator chose them. */
export function openAdvisories(env: Pick<Env, 'ADVISORIES' | 'ADVISORIES_NPM_URL'>): {
  database: AdvisoryDatabase | null;
  npmRegistry: URL | null;
  origins: string[];
} {
  const { ADVISORIES: named, ADVISORIES_NPM_URL: registry } = env;
  const url = named !== undefined && isWebAddress(named) ? new URL(named) : null;
  const folder: AdvisoryDatabase | null = named === undefined ? null : { kind: 'folder', path: path.resolve(named) };
  return {
    database: url === null ? folder : { kind: 'url', url },
    npmRegistry: registry === undefined ? null : new URL(registry),
    origins: [url?.href, registry].filter((one) => one !== undefined),
  };
}
