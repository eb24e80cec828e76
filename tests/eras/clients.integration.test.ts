import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { type AskedClient, CLIENTS, type Endpoint, type OpenClient } from './clients.ts';
import { BUILDS, openEndpoint, type TestEndpoint } from './endpoint.ts';

describe.each(BUILDS)('the endpoint of a server that speaks %s', (build) => {
  let endpoint: TestEndpoint;
  const opened: AskedClient[] = [];

  beforeAll(async () => {
    endpoint = await openEndpoint(build);
  });
  afterAll(async () => {
    await Promise.all(opened.map((client) => client.close()));
    await endpoint.close();
  });

  const open = async (client: OpenClient, name: string, to: Endpoint) => {
    const asked = await client(name, to, endpoint.clientDir);
    opened.push(asked);
    return asked;
  };

  describe.each(Object.entries(CLIENTS))('to %s', (name, openClient) => {
    let client: AskedClient;
    beforeAll(async () => {
      client = await open(openClient, 'ann', endpoint.ann);
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
      const other = await open(openClient, 'bob', endpoint.bob);
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
});
