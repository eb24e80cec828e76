import type { Transaction } from '#prisma/client.ts';
import type { ServiceKey } from '#prisma/generated/client/client.ts';
import type { KeyService } from '#prisma/generated/client/enums.ts';
import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/audit.ts';
import { notFound, UserError } from '../errors.ts';
import { lockUser } from '../quotas/quotas.ts';
import { flyTargetFor, namesHeldBy, stillHeld } from './fly-target.ts';
import { checkInstallationChange, writeInstallationChange } from './installation-settings.ts';
import { type CheckedKey, checkKey } from './key-checks.ts';
import { readSettings } from './read-settings.ts';
import { factsSchema, openServiceKey, saveServiceKey } from './service-key.ts';
import type { SettingsDeps } from './settings-deps.ts';
import type { SettingsChange, SettingsView } from './views.ts';

export interface SettingsService {
  read(actor: Actor): Promise<SettingsView>;
  /**
   * Checks every new key with its service, then writes all of the change or nothing. Throws UserErrors: INVALID_INPUT
   * naming the field, SERVICE_UNREACHABLE, FORBIDDEN, and CONFLICT while machines need a Fly token that is to go.
   */
  update(actor: Actor, change: SettingsChange): Promise<void>;
  /** Asks the service again about a key that is kept, and remembers what it said. */
  check(actor: Actor, service: KeyService): Promise<void>;
  /** Sends a test to the receiver of alerts. Throws UserErrors: FORBIDDEN, NOT_FOUND, SERVICE_UNREACHABLE. */
  sendTestAlert(actor: Actor): Promise<void>;
}

const KEY_FIELDS = { OPENROUTER: 'openRouterKey', GITHUB: 'gitHubToken', REGISTRIES: 'registryLogins' } as const;

type KeyChange = { service: KeyService; to: CheckedKey | null };

export function createSettingsService(deps: SettingsDeps): SettingsService {
  const { database, envelopes, events, clock } = deps;
  const { prisma, transaction } = database;

  const keyOf = (userId: string, service: KeyService): Promise<ServiceKey | null> =>
    prisma.serviceKey.findUnique({ where: { userId_service: { userId, service } } });

  const flyChange = async (userId: string, change: SettingsChange, signal: AbortSignal): Promise<KeyChange[]> => {
    const { flyToken, flyOrganization, flyApp } = change;
    if (flyToken === null) return [{ service: 'FLY', to: null }];
    if (flyToken === undefined && flyOrganization === undefined && flyApp === undefined) return [];
    const kept = await keyOf(userId, 'FLY');
    const key = flyToken ?? (kept ? await openServiceKey(envelopes, kept) : '');
    const target = flyTargetFor(change, kept && factsSchema.parse(kept.facts), deps.appNamesOf(userId));
    return [{ service: 'FLY', to: await checkKey(deps.checks, { service: 'FLY', key, target }, signal) }];
  };

  const keyChange = async (
    service: keyof typeof KEY_FIELDS,
    change: SettingsChange,
    signal: AbortSignal,
  ): Promise<KeyChange[]> => {
    const key = change[KEY_FIELDS[service]];
    if (key === undefined) return [];
    return [{ service, to: key === null ? null : await checkKey(deps.checks, { service, key, target: null }, signal) }];
  };

  /** Refuses a change that would leave machines without a row unreachable. */
  const refuseLeaks = async (userId: string, changes: readonly KeyChange[], signal: AbortSignal): Promise<void> => {
    const fly = changes.find(({ service }) => service === 'FLY');
    const kept = fly === undefined ? null : await keyOf(userId, 'FLY');
    const app = kept && factsSchema.parse(kept.facts).app;
    if (!app || fly?.to?.facts.app === app || deps.machines === 'local') return;
    const held = await namesHeldBy(prisma, userId, app);
    if (held.length > 0) return; // included with their names below
    const count = await deps.countMachines(userId, app, signal);
    if (count === 0) return;
    throw new UserError('CONFLICT', `${count} of your machines in ${app} are still being removed.`, {
      kind: 'conflict',
      retryable: true,
      hint: 'Try again in a few minutes.',
    });
  };

  return {
    read: (actor) => readSettings(deps, actor),

    update: async (actor, change) => {
      const { userId } = actor;
      const signal = AbortSignal.timeout(UPDATE_TIMEOUT_MS);
      const isForAll = change.signUp !== undefined || change.quotas !== undefined || change.webhook !== undefined;
      if (isForAll && actor.role !== 'ADMIN') {
        throw new UserError('FORBIDDEN', 'Only the administrator changes what holds for everybody.');
      }
      const installation = isForAll ? await checkInstallationChange(change, deps.alertOriginsTrusted) : null;
      const keys = (
        await Promise.all([
          flyChange(userId, change, signal),
          keyChange('OPENROUTER', change, signal),
          keyChange('GITHUB', change, signal),
          keyChange('REGISTRIES', change, signal),
        ])
      ).flat();
      await refuseLeaks(userId, keys, signal);
      const changed = Object.keys(change).filter((name) => change[name as keyof SettingsChange] !== undefined);
      if (changed.length === 0) return;
      await transaction(async (tx) => {
        await lockUser(tx, userId);
        for (const one of keys) await writeKey(tx, deps, userId, one);
        if (installation) await writeInstallationChange(tx, envelopes, installation);
        await writeAudit(tx, { actor, ownerId: userId }, { type: 'settings.updated', changed });
        await events.publish(tx, 'settings', userId);
      });
    },

    sendTestAlert: async (actor) => {
      if (actor.role !== 'ADMIN') throw new UserError('FORBIDDEN', 'Only the administrator sends a test alert.');
      const webhook = await deps.readWebhook();
      if (!webhook) throw notFound('A receiver of alerts');
      const problem = await deps.sendTestAlert(webhook, AbortSignal.timeout(UPDATE_TIMEOUT_MS));
      if (problem === null) return;
      throw new UserError('SERVICE_UNREACHABLE', `The test did not arrive: ${problem}`, {
        kind: 'upstream',
        retryable: true,
        hint: 'Check the address of the receiver.',
      });
    },

    check: async (actor, service) => {
      const row = await keyOf(actor.userId, service);
      if (!row) throw notFound('A key of your own for this service');
      const { organization, app } = factsSchema.parse(row.facts);
      const key = await openServiceKey(envelopes, row);
      const target = app === null ? null : { organization, app };
      const signal = AbortSignal.timeout(UPDATE_TIMEOUT_MS);
      const found = await checkKey(deps.checks, { service, key, target }, signal).catch((error: unknown) => {
        if (error instanceof UserError && error.kind === 'invalid-input') return error;
        throw error;
      });
      const checkedAt = clock();
      await prisma.serviceKey.updateMany({
        where: { userId: row.userId, service, version: row.version },
        data:
          found instanceof UserError
            ? { problem: found.message, checkedAt }
            : { problem: null, checkedAt, facts: found.facts },
      });
    },
  };
}

/** Two of Fly's calls with their retries, at most. */
const UPDATE_TIMEOUT_MS = 25_000;

async function writeKey(
  tx: Transaction,
  { envelopes, clock, machines }: Pick<SettingsDeps, 'envelopes' | 'clock' | 'machines'>,
  userId: string,
  { service, to }: KeyChange,
): Promise<void> {
  const owner = { userId, service };
  if (service === 'FLY' && machines === 'fly') await refuseHeld(tx, userId, to);
  if (to === null) await tx.serviceKey.deleteMany({ where: owner });
  else await saveServiceKey(tx, envelopes, owner, { key: to.key, facts: to.facts, checkedAt: clock() });
}

/** The account that machines run in is left only when they are gone. A new token of the same account is welcome. */
async function refuseHeld(tx: Transaction, userId: string, to: CheckedKey | null): Promise<void> {
  const kept = await tx.serviceKey.findUnique({ where: { userId_service: { userId, service: 'FLY' } } });
  const { app, organization } = kept ? factsSchema.parse(kept.facts) : { app: null, organization: null };
  if (app === null || organization === null) return;
  if (to !== null && to.facts.app === app && to.appExists) return;
  const names = await namesHeldBy(tx, userId, app);
  if (names.length > 0) throw stillHeld(names, { app, organization });
}
