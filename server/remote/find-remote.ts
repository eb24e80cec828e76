import { createTokenCheck } from '#deploy/host/token.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { openCredentialSet } from '#server/domain/credentials/credential-set.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import { openHostToken, specOf } from '#server/domain/deployments/rows/releases.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import { type CredentialsDeps, createRemoteCredentials } from './credentials.ts';
import { headersFrom, type RemoteServer } from './remote-server.ts';
import { createSessionSeal } from './session-seal.ts';

/** Opened credentials are kept in memory for this long. */
const KEPT_MS = 5 * 60_000;
const KEPT_MAX = 1_000;

export type FindRemoteDeps = Pick<CredentialsDeps, 'accessTokens' | 'describe'> & {
  prisma: PrismaClient;
  envelopes: Envelopes;
  nowMs: () => number;
};

/** Finds the remote server of a row, with the credentials of its release. A release never changes, so both are kept. */
export function createFindRemote({ prisma, envelopes, nowMs, accessTokens, describe }: FindRemoteDeps) {
  const kept = new Map<string, { remote: RemoteServer | null; untilMs: number }>();

  const load = async (machineId: string): Promise<RemoteServer | null> => {
    const row = await prisma.machine.findFirst({ where: { machineId }, include: { release: true } });
    if (!row) return null;
    const spec = specOf(row.release);
    if (spec.runtime !== 'remote') return null;
    const set = await prisma.credentialSet.findUniqueOrThrow({
      where: {
        deploymentId_version: { deploymentId: row.deploymentId, version: row.release.credentialVersion },
      },
    });
    const { rendered } = await openCredentialSet(envelopes, set);
    const token = await openHostToken(envelopes, row.release);
    return {
      url: spec.url,
      accepts: createTokenCheck(token),
      sessions: createSessionSeal(token),
      ...createRemoteCredentials({
        deploymentId: row.deploymentId,
        url: spec.url,
        entered: headersFrom(spec.headers, rendered.env),
        variables: spec.headers.map(({ variable }) => variable),
        accessTokens,
        describe,
      }),
    };
  };

  return async (machineId: string): Promise<RemoteServer | null> => {
    const known = kept.get(machineId);
    if (known && known.untilMs > nowMs()) return known.remote;
    const remote = await load(machineId);
    kept.delete(machineId);
    if (remote === null) return null;
    kept.set(machineId, { remote, untilMs: nowMs() + KEPT_MS });
    forgetOldest(kept, KEPT_MAX);
    return remote;
  };
}
