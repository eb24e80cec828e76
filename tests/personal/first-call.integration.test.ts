import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { startTestHost } from '#deploy/host/test-rig.ts';
import { openPersonalRig, setKey } from './rig.ts';

/** A measurement, which runs on request alone: the number of people (docs/bench.md). */
const PEOPLE = Number(process.env['CATWALK_PERSONAL_FIRST_CALLS'] ?? 0);
const RATIO_MAX = 1.2;
const SERVER = fileURLToPath(new URL('./accounts-server.ts', import.meta.url));

/** Milliseconds from the first request of a client to the answer of its first call. */
async function firstCall(url: string, headers: Record<string, string>): Promise<number> {
  const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  const startedAt = performance.now();
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  await client.callTool({ name: 'whoami', arguments: {} });
  const took = performance.now() - startedAt;
  await client.close();
  return took;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

test.skipIf(PEOPLE === 0)(
  'the first call of a person after consent costs little more than the start of a child',
  async () => {
    const rig = await openPersonalRig();
    const host = await startTestHost({
      isolation: 'PER_SESSION',
      package: { runtime: 'command', command: 'node', args: [SERVER] },
      env: { ACCOUNTS_URL: rig.accounts.url, ACCOUNT_TOKEN: 'key-of-all' },
      secrets: [],
    });
    try {
      await setKey(rig.owner.browser, rig.deploymentId, 'key-of-owner');
      const own: number[] = [];
      const plain: number[] = [];
      for (let turn = 0; turn < PEOPLE; turn += 1) {
        const { browser } = await rig.signUp(`person${turn}`);
        await setKey(browser, rig.deploymentId, `key-of-person${turn}`);
        const token = await rig.connect(browser);
        own.push(await firstCall(rig.endpoint(), { authorization: `Bearer ${token}` }));
        plain.push(await firstCall(`${host.url}/mcp`, {}));
      }
      const ratio = median(own) / median(plain);
      console.log(
        `first call after consent ${median(own).toFixed(0)} ms, start of a child ${median(plain).toFixed(0)} ms, ratio ${ratio.toFixed(2)}`,
      );
      expect(ratio).toBeLessThanOrEqual(RATIO_MAX);
    } finally {
      await host.close({ drainMs: 0 });
      await rig.close();
    }
  },
);
