import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventually } from '../eventually.testing.ts';
import { messagesOf, textOf } from '../host/test-rig.ts';
import { everywhere, type Kept, NOTHING } from '../host/workspaces/keeper.testing.ts';
import { probeTestBox } from './fixtures/box-support.ts';
import { startKeeperMachines } from './fixtures/keeper-machines.ts';
import { standInConfig } from './fixtures/test-machines.ts';

vi.setConfig({ testTimeout: 180_000 });

const CAN_BOX = (await probeTestBox()) === null;

describe.each([
  ['none', true],
  ['require', CAN_BOX],
] as const)('machines with the isolation %s', (isolation, possible) => {
  describe.runIf(possible)('on this computer', () => {
    let machines: Awaited<ReturnType<typeof startKeeperMachines>>;

    beforeAll(async () => {
      machines = await startKeeperMachines(isolation, ['1.0.0']);
    });
    afterAll(() => machines?.close());

    const create = async (name: string): Promise<string> => {
      const spec = { runtime: 'npm', name: 'keeper', version: '1.0.0' } as const;
      const { id } = await machines.client.create(machines.app, {
        name,
        config: standInConfig({}, {}, { package: spec }),
      });
      return id;
    };

    const use = async (id: string, args: { keep?: string } = {}): Promise<Kept> => {
      const { localPort } = await machines.listening(id);
      const post = (message: object, session: Record<string, string> = {}) =>
        fetch(`http://127.0.0.1:${localPort}/mcp`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...session },
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
      return JSON.parse(textOf((await messagesOf(called))[0]));
    };

    test('two machines with one package never see what the other keeps, nor does a third after both are destroyed', async () => {
      const first = await create('first');
      expect((await use(first, { keep: 'of the first' })).kept).toEqual(everywhere('of the first'));
      const second = await create('second');
      expect((await use(second)).kept).toEqual(NOTHING);
      await use(second, { keep: 'of the second' });
      expect((await use(first)).kept).toEqual(everywhere('of the first'));
      for (const id of [first, second]) {
        await machines.client.delete(machines.app, id, { force: true });
        await machines.inState(id, 'destroyed');
      }
      for (const folder of ['machines', 'discarded']) expect(await readdir(join(machines.dataDir, folder))).toEqual([]);
      expect((await use(await create('third'))).kept).toEqual(NOTHING);
    });

    test('loses the files of a server when its machine is stopped and started', async () => {
      const id = await create('restarted');
      await use(id, { keep: 'before' });
      await machines.client.stop(machines.app, id);
      await machines.inState(id, 'stopped');
      expect(await readdir(join(machines.dataDir, 'machines'))).not.toContain(id);
      await machines.client.start(machines.app, id);
      expect((await use(id)).kept).toEqual(NOTHING);
    });

    test('keeps the files of a server while it sleeps', async () => {
      const id = await create('asleep');
      await use(id, { keep: 'before' });
      await machines.client.suspend(machines.app, id);
      await machines.inState(id, 'suspended');
      await machines.client.start(machines.app, id);
      expect((await use(id)).kept).toEqual(everywhere('before'));
    });
  });
});
