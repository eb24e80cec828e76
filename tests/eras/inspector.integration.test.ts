import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { BUILDS, openEndpoint, type TestEndpoint } from './endpoint.ts';
import { type Connection, connect, INSPECTOR_ERAS, inspect, inspectTool } from './inspector.ts';

describe.each(BUILDS)('the endpoint of a server that speaks %s', (build) => {
  let endpoint: TestEndpoint;
  beforeAll(async () => {
    endpoint = await openEndpoint(build);
  });
  afterAll(() => endpoint.close());

  describe.each(INSPECTOR_ERAS)('to the inspector in its mode %s', (era) => {
    test('lists its tools', async () => {
      expect(JSON.parse(await inspect(endpoint.ann, era, '--method', 'tools/list'))).toMatchObject({
        tools: expect.arrayContaining([expect.objectContaining({ name: 'echo' })]),
      });
    });

    test('answers a call', async () => {
      expect(await inspectTool(endpoint.ann, era, 'echo', '--tool-arg', 'text=größe')).toBe('größe');
    });

    test('asks for its roots', async () => {
      expect(await inspectTool(endpoint.ann, era, 'test_input_required_result_list_roots')).toBe('Roots received.');
    });
  });

  describe.each(INSPECTOR_ERAS)('to mcpdo of the inspector in its mode %s', (era) => {
    let client: Connection;
    beforeAll(async () => {
      client = await connect(endpoint.ann, era, await mkdtemp(path.join(endpoint.clientDir, 'i-')));
    });
    afterAll(() => client.close());

    test('answers a call', async () => {
      expect(await client.call('echo', 'text:=größe')).toBe('größe');
    });

    test('asks the person, and for the roots', async () => {
      const asked = await client.ask('test_elicitation', 'Who?', ['username:=ann', 'email:=ann@example.com']);
      expect(asked).toEqual({ question: 'Who?', text: expect.stringContaining('ann@example.com') });
      expect(await client.call('test_input_required_result_list_roots')).toBe('Roots received.');
    });

    test('passes log messages on', async () => {
      const log = client.listen();
      const texts = ['Tool execution started', 'Tool processing data', 'Tool execution completed'];
      // It may begin to listen in the middle of a call.
      await eventually('all messages of a call', async () => {
        await client.call('test_tool_with_logging');
        return texts.every((text) => log.printed.includes(text));
      });
      log.stop();
    });
  });
});
