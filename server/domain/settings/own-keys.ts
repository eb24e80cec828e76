import type { RegistryLogin } from '#deploy/host/images/registry-access.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { KeyService } from '#prisma/generated/client/enums.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { Envelopes } from '../credentials/envelope.ts';
import { Secret } from '../credentials/secret.ts';
import type { Events } from '../events.ts';
import { parseRegistryLogins } from './registry-logins.ts';
import { factsSchema, openServiceKey } from './service-key.ts';

export type OwnFly = { token: Secret; organization: string; app: string };

/** The keys that a user has saved; null: the platform's is used, where there is one. */
export type OwnKeys = {
  fly: OwnFly | null;
  openRouter: Secret | null;
  gitHub: Secret | null;
  /** The user's login for a registry of container images; null: anonymous. */
  loginFor(registry: string): RegistryLogin | null;
};

export type ReadOwnKeys = (userId: string) => Promise<OwnKeys>;

const USERS_MAX = 1_000;

/** Opened keys are kept in memory until the settings of their user change, which events of every instance tell. */
export function createOwnKeys(deps: { prisma: PrismaClient; envelopes: Envelopes; events: Events }): {
  readOwnKeys: ReadOwnKeys;
  close(): void;
} {
  const known = new Map<string, Promise<OwnKeys>>();
  let listening = true;
  const stops = [
    deps.events.on('settings', null, (userId) => known.delete(userId)),
    // Changes during an outage of the events are unknown: nothing is kept until events arrive again.
    deps.events.onConnection((state) => {
      listening = state === 'up';
      known.clear();
    }),
  ];
  return {
    readOwnKeys: (userId) => {
      const kept = known.get(userId);
      if (kept) return kept;
      const read = openKeys(deps.prisma, deps.envelopes, userId);
      if (!listening) return read;
      known.set(userId, read);
      forgetOldest(known, USERS_MAX);
      read.catch(() => {
        if (known.get(userId) === read) known.delete(userId); // read again next time
      });
      return read;
    },
    close: () => {
      for (const stop of stops) stop();
      known.clear();
    },
  };
}

async function openKeys(prisma: PrismaClient, envelopes: Envelopes, userId: string): Promise<OwnKeys> {
  const rows = await prisma.serviceKey.findMany({ where: { userId } });
  const open = async (service: KeyService) => {
    const row = rows.find((one) => one.service === service);
    return row ? { key: new Secret(await openServiceKey(envelopes, row)), facts: factsSchema.parse(row.facts) } : null;
  };
  const [fly, openRouter, gitHub, registries] = await Promise.all([
    open('FLY'),
    open('OPENROUTER'),
    open('GITHUB'),
    open('REGISTRIES'),
  ]);
  return {
    fly:
      fly?.facts.organization && fly.facts.app
        ? { token: fly.key, organization: fly.facts.organization, app: fly.facts.app }
        : null,
    openRouter: openRouter?.key ?? null,
    gitHub: gitHub?.key ?? null,
    loginFor: (registry) => parseRegistryLogins(registries?.key.reveal() ?? '')?.get(registry) ?? null,
  };
}
