import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModernClient } from '../../modern-client.testing.ts';
import { type Json, type Message, messagesOf, startTestHost, type TestHost, textOf } from '../../test-rig.ts';
import { read, SERVER_INFO } from './modern-answers.testing.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.close({ drainMs: 0 }));

describe('a server that asks in the middle of a call', () => {
  const ALL = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
  const asked = (answer: Message): Json => answer.result?.['inputRequests'] as Json;

  test('gets its answer over a second request, and the same call goes on', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const args = { method: 'elicitation/create', params: { message: 'Größe?', elicitationId: 'e' } };
    const first = await client.call('ask', args);
    expect(first.result).toEqual({
      resultType: 'input_required',
      inputRequests: { elicitation_1: { method: 'elicitation/create', params: { message: 'Größe?' } } },
      requestState: expect.stringMatching(/^[\w-]+$/),
      _meta: SERVER_INFO,
    });
    const response = { action: 'accept', content: { name: 'Zoë' } };
    const second = await client.retry(first, 'ask', args, { elicitation_1: response, unknown: {} });
    expect(read(second)).toEqual(response);
    expect(second.result?.['resultType']).toBe('complete');
    const requests = read(await client.call('requests')) as string[];
    expect(requests.filter((method) => method === 'tools/call')).toHaveLength(2); // one of them is this
  });

  test('may ask several things at once, and again for what was left out', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'several', version: '1' } });
    const args = { methods: ['elicitation/create', 'sampling/createMessage', 'roots/list'] };
    const first = await client.call('askAll', args);
    expect(Object.keys(asked(first))).toEqual(['elicitation_1', 'sampling_2', 'roots_3']);
    const second = await client.retry(first, 'askAll', args, { elicitation_1: { action: 'decline' } });
    expect(Object.keys(asked(second))).toEqual(['sampling_2', 'roots_3']);
    const third = await client.retry(second, 'askAll', args, { sampling_2: { role: 'a' }, roots_3: { roots: [] } });
    expect(read(third)).toEqual([{ action: 'decline' }, { role: 'a' }, { roots: [] }]);
  });

  test('may take as many rounds as it needs', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'rounds', version: '1' } });
    const args = { rounds: 12 };
    let answer = await client.call('interview', args);
    let rounds = 0;
    while (answer.result?.['resultType'] === 'input_required') {
      rounds += 1;
      const [key = ''] = Object.keys(asked(answer));
      answer = await client.retry(answer, 'interview', args, { [key]: { action: 'accept', content: { rounds } } });
    }
    expect(rounds).toBe(12);
    expect(read(answer)).toHaveLength(12);
  });

  test('reports progress of the later round under the token of that round', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'token', version: '1' } });
    const args = { rounds: 1 };
    const first = await client.call('interview', args);
    const params = { name: 'interview', arguments: args, requestState: first.result?.['requestState'] };
    const again = await client.request('tools/call', params);
    expect(again.result?.['resultType']).toBe('input_required'); // nothing was answered yet
    expect(asked(again)).toEqual(asked(first));
  });

  test('asks in a browser under 2026-07-28 when it answers with -32042', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'browser', version: '1' } });
    const first = await client.call('signIn');
    expect(asked(first)).toEqual({
      elicitation_1: {
        method: 'elicitation/create',
        params: { mode: 'url', url: 'https://example.com/', message: 'Sign in' },
      },
    });
    const second = await client.retry(first, 'signIn', {}, { elicitation_1: { action: 'accept' } });
    expect(second.result?.['resultType']).toBe('input_required'); // the server was called again, and asks again
    const simple = createModernClient(host, { info: { name: 'browser', version: '1' } });
    const response = await simple.send('tools/call', { name: 'signIn' });
    expect(response.status).toBe(400);
    expect((await messagesOf(response))[0]?.error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { url: {} } } },
    });
  });

  test('never asks a client for what it did not declare', async () => {
    const client = createModernClient(host, { capabilities: { elicitation: {} }, info: { name: 'few', version: '1' } });
    // The fixture answers its call with the refusal, as a server that can go on without the input.
    expect(read(await client.call('ask', { method: 'sampling/createMessage' }))).toMatchObject({ code: -32601 });
    const url = await client.call('ask', { method: 'elicitation/create', params: { mode: 'url' } });
    expect(read(url)).toMatchObject({ code: -32601 });
  });

  test('may answer its call before the client has answered its question', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'hasty', version: '1' } });
    expect(textOf(await client.call('hasty'))).toBe('done already');
  });
});

describe('the state of a round', () => {
  const ALL = { elicitation: {} };
  const ARGS = { method: 'elicitation/create', params: { message: 'Name?' } };
  const YES = { elicitation_1: { action: 'accept' } };

  const refusalOf = ({ error }: Message) => [error?.['code'], String(error?.['message']).slice(0, 17)];
  const REFUSED = [-32602, 'This requestState'];

  test('is refused if it was changed, and the call can still be continued', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const first = await client.call('ask', ARGS);
    const state = String(first.result?.['requestState']);
    for (const changed of [`${state}-`, state.slice(0, -1), `A${state.slice(1)}`, '', 'x'.repeat(5_000)])
      expect(refusalOf(await client.call('ask', ARGS, { requestState: changed, inputResponses: YES }))).toEqual(
        REFUSED,
      );
    expect(read(await client.retry(first, 'ask', ARGS, YES))).toEqual({ action: 'accept' });
  });

  test('continues a request once', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const first = await client.call('ask', ARGS);
    await client.retry(first, 'ask', ARGS, YES);
    expect(refusalOf(await client.retry(first, 'ask', ARGS, YES))).toEqual(REFUSED);
  });

  test('continues the request with the same parameters only, whatever their order', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const first = await client.call('ask', ARGS);
    const other = { ...ARGS, params: { message: 'Password?' } };
    expect(refusalOf(await client.retry(first, 'ask', other, YES))).toEqual(REFUSED);
    const reordered = { params: ARGS.params, method: ARGS.method };
    expect(read(await client.retry(first, 'ask', reordered, YES))).toEqual({ action: 'accept' });
  });

  test('is worth nothing to another principal', async () => {
    const [mine, other] = ['a', 'b'].map((principal) => createModernClient(host, { principal, capabilities: ALL }));
    const first = await mine?.call('ask', ARGS);
    if (!first || !other || !mine) throw new Error('unreachable');
    expect(refusalOf(await other.retry(first, 'ask', ARGS, YES))).toEqual(REFUSED);
    expect(read(await mine.retry(first, 'ask', ARGS, YES))).toEqual({ action: 'accept' });
  });

  test('is worth nothing to another host', async () => {
    const second = await startTestHost();
    try {
      const first = await createModernClient(host, { capabilities: ALL }).call('ask', ARGS);
      const elsewhere = await createModernClient(second, { capabilities: ALL }).retry(first, 'ask', ARGS, YES);
      expect(refusalOf(elsewhere)).toEqual(REFUSED);
    } finally {
      await second.close({ drainMs: 0 });
    }
  });

  test('survives malformed responses', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const first = await client.call('ask', ARGS);
    for (const inputResponses of [null, 7, [], { elicitation_1: 12345 }, { elicitation_1: null }]) {
      const state = { requestState: first.result?.['requestState'], inputResponses };
      expect((await client.call('ask', ARGS, state)).error?.['code']).toBe(-32602);
    }
    expect(read(await client.retry(first, 'ask', ARGS, YES))).toEqual({ action: 'accept' });
  });
});
