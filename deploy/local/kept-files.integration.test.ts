import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.testing.ts';
import type { HostIsolation } from '../host/contract.ts';
import { messagesOf, textOf } from '../host/test-rig.ts';
import { type Kept, NOTHING } from '../host/workspaces/keeper.testing.ts';
import { probeTestBox } from './fixtures/box-support.ts';
import { startKeeperMachines } from './fixtures/keeper-machines.ts';
import { standInConfig } from './fixtures/test-machines.ts';

const CAN_BOX = (await probeTestBox()) === null;
/** Beside its code, in HOME and in the working directory; TMPDIR goes with the machine. */
const stays = (text: string) => [text, text, null, text];

describe.each([
  ['none', true],
  ['require', CAN_BOX],
] as const)('the files of a deployment, with the isolation %s', (isolation, possible) => {
  describe.runIf(possible)('on this computer', () => {
    let machines: Awaited<ReturnType<typeof startKeeperMachines>>;

    beforeAll(async () => {
      machines = await startKeeperMachines(isolation, ['1.0.0', '2.0.0']);
    });
    afterAll(() => machines?.close());

    type Options = { version?: string; isolation?: HostIsolation };
    const create = async (deployment: string, { version = '1.0.0', isolation: shared = 'AUTO' }: Options = {}) => {
      const base = standInConfig({}, {}, { package: { runtime: 'npm', name: 'keeper', version }, isolation: shared });
      const config = { ...base, metadata: { ...base.metadata, catwalk_deployment: deployment } };
      const { id } = await machines.client.create(machines.app, { name: `${deployment}-${version}`, config });
      return id;
    };
    const destroy = async (id: string) => {
      await machines.client.delete(machines.app, id, { force: true });
      await machines.inState(id, 'destroyed');
    };
    const use = async (id: string, args: { keep?: string } = {}, principal = 'a'): Promise<Kept['kept']> => {
      const { localPort } = await machines.listening(id);
      const post = (message: object, session: Record<string, string> = {}) =>
        fetch(`http://127.0.0.1:${localPort}/mcp`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            'catwalk-principal': principal,
            ...session,
          },
          body: JSON.stringify({ jsonrpc: '2.0', ...message }),
        });
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
      const opened = await eventually(`${id} serves`, async () => {
        const response = await post({ id: 1, method: 'initialize', params });
        await response.text();
        return response.status === 200 ? response : null;
      });
      const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
      const called = await post({ id: 2, method: 'tools/call', params: { name: 'keep', arguments: args } }, session);
      return (JSON.parse(textOf((await messagesOf(called))[0])) as Kept).kept; // as the server answers
    };

    test('survive a restart and a release, and no other deployment sees them', async () => {
      const first = await create('one');
      await use(first, { keep: 'of one' });
      await machines.client.stop(machines.app, first);
      await machines.inState(first, 'stopped');
      await machines.client.start(machines.app, first);
      expect(await use(first)).toEqual(stays('of one'));
      await destroy(first);
      const next = await create('one', { version: '2.0.0' });
      expect(await use(next)).toEqual(stays('of one'));
      expect(await use(await create('two'))).toEqual(NOTHING);
      expect(await machines.kept.bytes('one')).toBeGreaterThan(0);
    });

    test('are each caller’s own', async () => {
      const id = await create('callers');
      await use(id, { keep: 'of a' }, 'a');
      expect(await use(id, {}, 'b')).toEqual(NOTHING);
      await use(id, { keep: 'of b' }, 'b');
      await destroy(id);
      const next = await create('callers', { version: '2.0.0' });
      expect(await use(next, {}, 'a')).toEqual(stays('of a'));
      expect(await use(next, {}, 'b')).toEqual(stays('of b'));
      expect(await use(next, {}, 'c')).toEqual(NOTHING);
    });

    test('are one for all callers where they share a process, and none where each session is alone', async () => {
      const shared = await create('shared', { isolation: 'SHARED' });
      await use(shared, { keep: 'of all' }, 'a');
      await destroy(shared);
      const next = await create('shared', { version: '2.0.0', isolation: 'SHARED' });
      expect(await use(next, {}, 'b')).toEqual(stays('of all'));
      const alone = await create('alone', { isolation: 'PER_SESSION' });
      await use(alone, { keep: 'of a session' });
      expect(await use(alone)).toEqual(NOTHING);
    });

    test('are copied to another deployment, and gone when they are removed', async () => {
      const id = await create('source');
      await use(id, { keep: 'kept' });
      await destroy(id);
      const copied = await machines.kept.prepareCopy('source', 'target');
      if (typeof copied === 'string') throw new Error(copied);
      await copied.replace();
      await copied.discard();
      expect(await use(await create('target'))).toEqual(stays('kept'));
      await machines.kept.remove('source');
      expect(await machines.kept.bytes('source')).toBe(0);
      expect(await use(await create('source', { version: '2.0.0' }))).toEqual(NOTHING);
    });
  });
});
