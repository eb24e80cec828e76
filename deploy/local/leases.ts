import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ApiError, leaseHeld } from './api-error.ts';

const TTL_SECONDS = 13;
const OWNER = 'local@catwalk';

export type LeaseJson = { nonce: string; expires_at: number; owner: string; description: string; version: string };

/** Lets one caller change a machine for a while. Every other caller learns who holds the lease, and until when. */
export const createLeases = (clock: Pick<Clock, 'now'>) => {
  const leases = new Map<string, LeaseJson>();

  const held = (id: string): LeaseJson | null => {
    const lease = leases.get(id);
    if (lease === undefined) return null;
    if (lease.expires_at * 1_000 > clock.now()) return lease;
    leases.delete(id);
    return null;
  };

  /** Throws unless the machine is free or the nonce is its lease's. */
  const check = (id: string, nonce: string | null): void => {
    const lease = held(id);
    if (lease !== null && lease.nonce !== nonce) throw leaseHeld(lease.owner, lease.expires_at * 1_000);
  };

  return {
    check,
    take: (
      id: string,
      lease: { ttlSeconds: number | undefined; description: string; version: string; nonce: string | null },
    ) => {
      check(id, lease.nonce);
      const taken = {
        nonce: held(id)?.nonce ?? randomBytes(6).toString('hex'),
        expires_at: Math.ceil(clock.now() / 1_000) + (lease.ttlSeconds ?? TTL_SECONDS),
        owner: OWNER,
        description: lease.description,
        version: lease.version,
      };
      leases.set(id, taken);
      return taken;
    },
    find: (id: string): LeaseJson => {
      const lease = held(id);
      if (lease === null) throw new ApiError(404, 'lease not found');
      return lease;
    },
    release: (id: string, nonce: string | null): void => {
      check(id, nonce);
      leases.delete(id);
    },
  };
};

export type Leases = ReturnType<typeof createLeases>;
