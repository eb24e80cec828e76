import type { IncomingMessage } from 'node:http';
import { isUuid } from '#server/domain/access/uuid.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import { ENDPOINT_PREFIX } from './endpoint-path.ts';

/** The right to call is decided by the id, so that a name may be found a little longer than it is one. */
const KEPT_MS = 5_000;
const KEPT_MAX = 10_000;
const NAME = /^[a-z][a-z0-9-]{2,39}(?=[/?]|$)/;

export type ShortNameDeps = {
  find(name: string): Promise<string | null>;
  /** Counts a look-up against the limit of a caller; false where it is reached. */
  admits(req: IncomingMessage): Promise<boolean>;
  nowMs: () => number;
};

/** Finds the deployment behind the short name in an address, and puts its id there. Null for an address without one. */
export function createShortNames({ find, admits, nowMs }: ShortNameDeps) {
  const kept = new Map<string, { id: string | null; untilMs: number }>();

  const idOf = async (name: string, req: IncomingMessage): Promise<string | null> => {
    const known = kept.get(name);
    if (known !== undefined && known.untilMs > nowMs()) return known.id;
    if (!(await admits(req))) return null;
    const id = await find(name);
    kept.delete(name);
    kept.set(name, { id, untilMs: nowMs() + KEPT_MS });
    forgetOldest(kept, KEPT_MAX);
    return id;
  };

  return (req: IncomingMessage): Promise<void> | null => {
    const rest = (req.url ?? '').slice(ENDPOINT_PREFIX.length);
    const name = NAME.exec(rest)?.[0];
    if (name === undefined || isUuid(name)) return null;
    return idOf(name, req).then((id) => {
      if (id !== null) req.url = ENDPOINT_PREFIX + id + rest.slice(name.length);
    });
  };
}
