import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { startHost } from '#deploy/host/cli.ts';
import type { RunningHost } from '#deploy/host/host-options.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import { createRig, type Rig } from '#server/mcp/test-rig.ts';
import { type AskedClient, CLIENTS, type Endpoint, type OpenClient } from './clients.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/conformance-server/main.ts', import.meta.url));
const INSPECTOR = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
);
const INSPECTOR_MS_MAX = 60_000;

describe.each(['legacy', 'both', 'modern'] as const)('the endpoint of a server that speaks %s', (build) => {
  let host: RunningHost;
  let rig: Rig;
  let configDir: string;
  let ann: Endpoint;
  let bob: Endpoint;
  const opened: AskedClient[] = [];

  beforeAll(async () => {
    host = await startHost(
      {
        package: { runtime: 'command', command: 'node', args: [FIXTURE, build] },
        args: [],
        env: {},
        isolation: 'AUTO',
      },
      { port: 0, host: '127.0.0.1' },
    );
    const tokens = [newAccessToken(), newAccessToken()];
    const current = { machineId: 'm1', origin: `http://127.0.0.1:${host.port}`, headers: {}, token: 'unused' };
    rig = await createRig({
      machine: (_req, res) => res.end(),
      route: { current, tokens: tokens.map(({ hash }) => ({ id: randomUUID(), hash, expiresAtMs: null })) },
    });
    ann = { url: rig.url, token: tokens[0]?.token ?? '' };
    bob = { url: rig.url, token: tokens[1]?.token ?? '' };
    configDir = await mkdtemp(path.join(tmpdir(), 'catwalk-eras-'));
  });
  afterAll(async () => {
    await Promise.all(opened.map((client) => client.close()));
    await rig.close();
    await host.close({ drainMs: 0 });
    await rm(configDir, { recursive: true, force: true });
  });

  const open = async (client: OpenClient, name: string, endpoint: Endpoint) => {
    const asked = await client(name, endpoint, configDir);
    opened.push(asked);
    return asked;
  };

  describe.each(Object.entries(CLIENTS))('to %s', (name, openClient) => {
    let client: AskedClient;
    beforeAll(async () => {
      client = await open(openClient, 'ann', ann);
    });

    test('answers a call', async () => {
      expect(await client.call('echo', { text: 'größe' })).toBe('größe');
    });

    test('puts questions of a tool: to the person, to the model, and for the roots', async () => {
      const before = client.questions.length;
      expect(await client.call('test_elicitation', { message: 'Who?' })).toContain('ann@example.com');
      expect(client.questions.slice(before)).toEqual(['Who?']);
      expect(await client.call('test_sampling', { prompt: 'Think.' })).toContain('a thought of ann');
      expect(await client.call('test_input_required_result_list_roots')).toBe('Roots received.');
    });

    test('puts several questions at once', async () => {
      expect(await client.call('test_input_required_result_multiple_inputs')).toBe('All received.');
    });

    test('cancels a call at the server', async () => {
      const before = Number(await client.call('test_count_cancelled'));
      const stop = new AbortController();
      const onprogress = () => stop.abort();
      await expect(client.call('test_wait_for_cancel', {}, { signal: stop.signal, onprogress })).rejects.toThrow();
      await eventually('the server to be told', async () => {
        return Number(await client.call('test_count_cancelled')) === before + 1;
      });
    });

    test('passes progress and log messages on', async () => {
      const steps: number[] = [];
      await client.call('test_tool_with_progress', {}, { onprogress: ({ progress }) => steps.push(progress) });
      // mcp-remote passes messages on one by one: the last step may come after the answer, when no one reads it any more.
      expect(steps.slice(0, 2)).toEqual([0, 50]);
      if (name !== 'mcp-remote') expect(steps).toEqual([0, 50, 100]);
      const before = client.logs.length;
      await client.call('test_tool_with_logging');
      const logs = ['Tool execution started', 'Tool processing data', 'Tool execution completed'];
      await eventually('the last message', () => client.logs.length === before + logs.length);
      expect(client.logs.slice(before)).toEqual(logs);
    });

    test('keeps the questions of two principals apart', async () => {
      const other = await open(openClient, 'bob', bob);
      const before = [client.questions.length, other.questions.length];
      const ask = (one: AskedClient, message: string) => one.call('test_elicitation', { message });
      const rounds = [1, 2, 3];
      const answers = await Promise.all(
        rounds.flatMap((round) => [ask(client, `ann ${round}`), ask(other, `bob ${round}`)]),
      );
      for (const [at, answer] of answers.entries())
        expect(answer).toContain(at % 2 === 0 ? 'ann@example.com' : 'bob@example.com');
      expect(client.questions.slice(before[0]).sort()).toEqual(rounds.map((round) => `ann ${round}`));
      expect(other.questions.slice(before[1]).sort()).toEqual(rounds.map((round) => `bob ${round}`));
    });
  });

  test.each(['auto', 'legacy', 'modern'])('to the inspector in its mode %s: answers a call', async (era) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        INSPECTOR,
        ...['--cli', '--server-url', ann.url, '--transport', 'http', '--protocol-era', era],
        ...['--header', `Authorization: Bearer ${ann.token}`],
        ...['--method', 'tools/call', '--tool-name', 'echo', '--tool-arg', 'text=hello'],
      ],
      { timeout: INSPECTOR_MS_MAX },
    );
    expect(JSON.parse(stdout)).toMatchObject({ content: [{ type: 'text', text: 'hello' }] });
  });
});
