import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Database, PrismaClient } from '#prisma/client.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import type { AccessTokenService } from '#server/domain/access/service.ts';
import type { Actor } from '#server/domain/actor.ts';
import { UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { requireRole } from '#server/domain/reach.ts';
import { storable } from '#server/domain/storable.ts';
import type { CredentialTest } from '../deployments/rows/credential-test.ts';
import { parseSnapshot } from '../deployments/rows/snapshot.ts';
import { canServe } from '../deployments/status.ts';
import { messageOf } from '../message-of.ts';
import { findHarmlessTool } from './harmless-tool.ts';
import { createProbe } from './probe.ts';

/** A sleeping machine is woken first. */
const TEST_MS_MAX = 75_000;
const WORDS_MAX = 300;

/** Read leniently: of an answer only its words are shown. */
const resultSchema = z.looseObject({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
});

export type CredentialTestDeps = {
  prisma: PrismaClient;
  database: Pick<Database, 'transaction'>;
  events: Pick<Events, 'publish'>;
  accessTokens: Pick<AccessTokenService, 'createPlayground'>;
  publicUrl: string;
  version: string;
  now: () => Date;
  /** Takes the credentials of a release out of a text: the words of a server are kept in plain text, and others read them. */
  redactorOf(release: Release): Promise<(text: string) => string>;
};

export interface CredentialTests {
  /**
   * Calls one harmless tool of a deployment through its endpoint, as a client would, and remembers how that went. Throws
   * CONFLICT while no release serves.
   */
  run(actor: Actor, deploymentId: string): Promise<void>;
}

/** Tries the credentials of a deployment: a server may start and list its tools with credentials that do not work. */
export function createCredentialTests(deps: CredentialTestDeps): CredentialTests {
  const { prisma, database, events, accessTokens, publicUrl, version, now, redactorOf } = deps;

  const call = async (actor: Actor, deploymentId: string, isPublic: boolean, tool: string) => {
    const signal = AbortSignal.timeout(TEST_MS_MAX);
    const token = isPublic ? null : (await accessTokens.createPlayground(actor, deploymentId)).token;
    const probe = createProbe(publicUrl, signal);
    const transport = new StreamableHTTPClientTransport(new URL(`${publicUrl}/api/mcp/${deploymentId}`), {
      fetch: probe.fetch,
      requestInit: { headers: token === null ? {} : { authorization: `Bearer ${token}` } },
    });
    const client = new Client(
      { name: 'catwalk', title: 'Catwalk', version },
      { versionNegotiation: { mode: 'legacy' } },
    );
    const options = { signal, timeout: TEST_MS_MAX };
    try {
      await client.connect(transport, options);
      const params = { name: tool, arguments: {} };
      return await client.request({ method: 'tools/call', params }, resultSchema, options);
    } finally {
      await transport.terminateSession().catch(() => {}); // a session that is not ended here is reaped as idle
      await client.close();
    }
  };

  /** Words of a server that others may read. With values of the caller's own, which no redactor here knows, there are none. */
  const wordsOf = async (release: Release): Promise<(words: string) => string> => {
    if (release.personalFields.length > 0) return () => 'its words may hold a value of your own, and are not kept.';
    const redact = await redactorOf(release);
    return (words) => redact(words).replace(/\s+/g, ' ').trim().slice(0, WORDS_MAX);
  };

  const look = async (
    actor: Actor,
    deploymentId: string,
    isPublic: boolean,
    tool: string,
    shown: (words: string) => string,
  ): Promise<Pick<CredentialTest, 'outcome' | 'message'>> => {
    try {
      const { isError, content } = await call(actor, deploymentId, isPublic, tool);
      const words = shown(content.map(({ text }) => text ?? '').join(' '));
      if (isError)
        return { outcome: 'FAILED', message: `${tool} returned an error${words === '' ? '.' : `: ${words}`}` };
      return { outcome: 'PASSED', message: `${tool} answered without an error.` };
    } catch (error) {
      return { outcome: 'FAILED', message: `The call of ${tool} failed: ${shown(messageOf(error))}` };
    }
  };

  return {
    run: async (actor, deploymentId) => {
      await requireRole(prisma, actor, deploymentId, 'OPERATE');
      const deployment = await prisma.deployment.findUniqueOrThrow({
        where: { id: deploymentId },
        select: { access: true, status: true, currentRelease: true },
      });
      const release = deployment.currentRelease;
      if (!release || !canServe(deployment)) {
        throw new UserError('CONFLICT', 'The deployment is not running, so its credentials cannot be tested.', {
          kind: 'conflict',
          hint: 'Start it first.',
        });
      }
      const tool = findHarmlessTool(parseSnapshot(release.snapshot)?.tools ?? [])?.name ?? null;
      const found =
        tool === null
          ? ({
              outcome: 'UNTESTABLE',
              message:
                'The server has no tool that is marked as read-only and works without arguments. Try one in the playground.',
            } as const)
          : await look(actor, deploymentId, deployment.access === 'PUBLIC', tool, await wordsOf(release));
      const test: CredentialTest = { ...found, tool, at: now().toISOString(), releaseId: release.id };
      await database.transaction(async (tx) => {
        await tx.deployment.updateMany({ where: { id: deploymentId }, data: { credentialTest: storable(test) } });
        await events.publish(tx, 'deployment', deploymentId);
      });
    },
  };
}
