import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Message, messagesOf, readEvents, TestClient, type TestHost, textOf } from '../../test-rig.ts';
import { converse, ELICIT, startModernServer } from './legacy-clients.testing.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startModernServer();
});
afterAll(() => host.close({ drainMs: 0 }));

describe('a legacy client that a server of 2026-07-28 asks', () => {
  test('is asked on the stream of its call, and its answers come back with the state', async () => {
    const client = await TestClient.open(host, { capabilities: { elicitation: {}, roots: {}, sampling: {} } });
    const requests = { ...ELICIT, where: { method: 'roots/list' } };
    const { questions, answer } = await converse(client, { requests, state: 'sealed "ü"' }, ({ method }) => ({
      result: method === 'roots/list' ? { roots: [] } : { action: 'accept', content: { name: 'Zoë' } },
    }));
    expect(questions.map(({ method, params }) => ({ method, params }))).toEqual([
      ELICIT.name,
      { method: 'roots/list', params: undefined },
    ]);
    expect(JSON.parse(textOf(answer))).toEqual({
      inputResponses: { name: { action: 'accept', content: { name: 'Zoë' } }, where: { roots: [] } },
      requestState: 'sealed "ü"',
    });
  });

  test('gets the id that 2025-11-25 demands of an elicitation in a browser', async () => {
    const client = await TestClient.open(host, { capabilities: { elicitation: { url: {} } } });
    const params = { mode: 'url', message: 'Sign in', url: 'https://example.com/' };
    const requests = { login: { method: 'elicitation/create', params } };
    const { questions } = await converse(client, { requests }, () => ({ result: { action: 'accept' } }));
    expect(questions[0]?.params).toEqual({ ...params, elicitationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  test('is never asked for what it did not declare', async () => {
    const client = await TestClient.open(host, { capabilities: { sampling: {} } });
    const [answer] = await messagesOf(await client.postTool(1, 'ask', { requests: ELICIT }));
    expect(answer?.error?.['message']).toContain('"elicitation"');
  });

  test('may refuse: an elicitation counts as cancelled, and a call without its sampling fails', async () => {
    const client = await TestClient.open(host, { capabilities: { elicitation: {}, sampling: {} } });
    const refuse = () => ({ error: { code: -1, message: 'User rejected' } });
    const elicited = await converse(client, { requests: ELICIT }, refuse);
    expect(JSON.parse(textOf(elicited.answer)).inputResponses).toEqual({ name: { action: 'cancel' } });
    const requests = { thought: { method: 'sampling/createMessage', params: {} } };
    const sampled = await converse(client, { requests }, refuse);
    expect(sampled.answer?.error?.['message']).toContain('User rejected');
  });

  test('plays at most ten rounds', async () => {
    const client = await TestClient.open(host, { capabilities: { roots: {} } });
    const { questions, answer } = await converse(client, {}, () => ({ result: { roots: [] } }), 'insist');
    expect(questions).toHaveLength(10);
    expect(answer?.error?.['message']).toContain('10 rounds');
  });

  test('may cancel a call while it is asked', async () => {
    const client = await TestClient.open(host, { capabilities: { elicitation: {} } });
    const { answer } = await converse(client, { requests: ELICIT }, () => {
      void client.post({ method: 'notifications/cancelled', params: { requestId: 'call' } });
      return { result: 'late' };
    });
    expect(answer?.id).toBe('call');
  });

  test('resumes the stream of a call that was cut while the client was asked', async () => {
    const client = await TestClient.open(host, { capabilities: { elicitation: {} } });
    const abort = new AbortController();
    const response = await client.postTool('cut', 'ask', { requests: ELICIT }, undefined, { signal: abort.signal });
    let last = '';
    let question: Message | null = null;
    for await (const { id, data } of readEvents(response)) {
      last = id ?? last;
      if (data === '') continue;
      question = JSON.parse(data);
      break;
    }
    abort.abort();
    await client.post({ id: question?.id, result: { action: 'decline' } });
    const resumed = await messagesOf(await client.get({ 'last-event-id': last }));
    expect(JSON.parse(textOf(resumed.at(-1))).inputResponses).toEqual({ name: { action: 'decline' } });
  });
});

test('a call that asks its client ends with an error if the server crashes before the client has answered', async () => {
  const crashing = await startModernServer();
  try {
    const client = await TestClient.open(crashing, { capabilities: { elicitation: {} } });
    const { answer } = await converse(
      client,
      { requests: ELICIT },
      () => ({ result: { action: 'accept' } }),
      'ask',
      () => client.postTool(2, 'crash').then(messagesOf),
    );
    expect(answer?.error?.['message']).toContain('The server has ended');
  } finally {
    await crashing.close({ drainMs: 0 });
  }
});
