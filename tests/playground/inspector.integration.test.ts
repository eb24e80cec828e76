import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import type { Call } from '../../client/src/features/playground/call.ts';
import { notificationMethod } from '../../client/src/features/playground/call-store.ts';
import type { CapabilityRequest } from '../../client/src/features/playground/capabilities.ts';
import { openEndpoint, type TestEndpoint } from '../eras/endpoint.ts';
import { type OpenStore, openStore } from './open-store.ts';

const tool = (name: string, args: Record<string, unknown> = {}): CapabilityRequest => ({
  kind: 'tool',
  name,
  template: false,
  args,
});

const textOf = ({ outcome, error }: Call): string => JSON.stringify(outcome?.result ?? error);

describe.each([
  ['legacy', '2025-11-25'],
  ['modern', '2026-07-28'],
] as const)('the playground at a server of the %s era', (build, version) => {
  let endpoint: TestEndpoint;
  let opened: OpenStore;
  let leave = () => {};

  beforeAll(async () => {
    endpoint = await openEndpoint(build);
  });
  afterAll(() => endpoint.close());
  afterEach(() => leave());

  const open = () => {
    opened = openStore(endpoint, version);
    leave = opened.store.subscribe(() => {}); // as a page that shows it
    return opened;
  };
  const newest = (): Call => {
    const call = opened.store.get().calls[0];
    if (!call) throw new Error('There is no call.');
    return call;
  };

  test('lets a person answer in place of the model, and sends a refusal on', async () => {
    const { store, target } = open();
    const calling = store.call(target, tool('test_sampling', { prompt: 'Think.' }));
    await eventually('the question', () => newest().questions.length === 1);
    const [question] = newest().questions;
    if (question?.kind !== 'sampling') throw new Error('It is not a request for a message.');
    expect(question.params.messages).toMatchObject([{ role: 'user', content: { type: 'text', text: 'Think.' } }]);
    question.respond({
      role: 'assistant',
      model: 'written by hand',
      content: { type: 'text', text: 'A thought.' },
      stopReason: 'endTurn',
    });
    await calling;
    expect(textOf(newest())).toContain('A thought.');
    expect(newest().questions).toEqual([]);

    const refused = store.call(target, tool('test_sampling', { prompt: 'Think.' }));
    await eventually('the second question', () => newest().questions.length === 1);
    const [again] = newest().questions;
    if (again?.kind !== 'sampling') throw new Error('It is not a request for a message.');
    again.respond(null);
    await refused;
    expect(textOf(newest())).not.toContain('A thought.');
  });

  test('gives the server the roots that a person set', async () => {
    const { store, target } = open();
    store.changeSettings({ roots: ['file:///home/ann'], logLevel: null });
    await store.call(target, tool('test_input_required_result_list_roots'));
    expect(textOf(newest())).toContain('Roots received.');
    expect(JSON.stringify(newest().messages)).toContain('file:///home/ann');
  });

  test('completes the argument of a prompt', async () => {
    const { store, target } = open();
    const completion = { kind: 'prompt', of: 'test_prompt_with_arguments', argument: 'arg1' } as const;
    const signal = AbortSignal.timeout(60_000);
    expect(await store.complete(target, { ...completion, value: 'part', others: {} }, signal)).toEqual(['party']);
    expect(await store.complete(target, { ...completion, of: 'nothing', value: '', others: {} }, signal)).toEqual([]);
  });

  test('keeps the calls of each tool for the next visit, with their arguments and results', async () => {
    const { store, target, reopen } = open();
    await store.call(target, tool('echo', { text: 'first' }));
    for (let time = 0; time < 31; time += 1) await store.call(target, tool('test_simple_text'));
    const { calls } = reopen().store.get();
    expect(calls.filter(({ request }) => request.name === 'test_simple_text')).toHaveLength(30);
    const echoed = calls.find(({ request }) => request.name === 'echo');
    expect(echoed?.request.args).toEqual({ text: 'first' });
    expect(echoed && textOf(echoed)).toContain('first');
  });

  test('shows progress among the notifications, and forgets them when asked', async () => {
    const { store, target } = open();
    await store.call(target, tool('test_tool_with_progress'));
    const methods = () => store.get().notifications.map(({ message }) => notificationMethod(message));
    expect(methods()).toContain('notifications/progress');
    store.clearNotifications();
    expect(methods()).toEqual([]);
  });
});

describe('the playground at a server with sessions', () => {
  let endpoint: TestEndpoint;
  beforeAll(async () => {
    endpoint = await openEndpoint('legacy');
  });
  afterAll(() => endpoint.close());

  test('opens a new session when the old one is gone, and makes the call once', async () => {
    using seen = watchSessions();
    const { store, target, sessions } = openStore(endpoint, '2025-11-25');
    const leave = store.subscribe(() => {});
    await store.call(target, tool('echo', { text: 'first' }));
    const headers = { authorization: `Bearer ${endpoint.ann.token}`, 'mcp-session-id': seen.ids[0] ?? '' };
    expect((await fetch(endpoint.ann.url, { method: 'DELETE', headers })).ok).toBe(true);

    await store.call(target, tool('echo', { text: 'second' }));
    const [second] = store.get().calls;
    expect(second && textOf(second)).toContain('second');
    expect(second?.error).toBeNull();
    expect([sessions(), seen.ids.length]).toEqual([2, 2]);
    leave();
  });

  test('receives log messages, from the level that a person set', async () => {
    const { store, target } = openStore(endpoint, '2025-11-25');
    const leave = store.subscribe(() => {});
    await store.call(target, tool('test_tool_with_logging'));
    await eventually('the log messages', () =>
      JSON.stringify(store.get().notifications).includes('Tool processing data'),
    );
    leave();
  });

  test('reads the list again when the server says that it changed', async () => {
    const { store, target } = openStore(endpoint, '2025-11-25');
    const leave = store.subscribe(() => {});
    await store.refresh(target);
    const { listed } = store.get();
    await store.call(target, tool('test_trigger_tool_change'));
    await eventually('the new list', () => store.get().listed !== listed);
    leave();
  });
});

/** Notes the id of each session that a response opens. */
function watchSessions() {
  const { fetch } = globalThis;
  const ids: string[] = [];
  globalThis.fetch = async (...request) => {
    const response = await fetch(...request);
    const id = response.headers.get('mcp-session-id');
    if (id !== null && !ids.includes(id)) ids.push(id);
    return response;
  };
  return {
    ids,
    [Symbol.dispose]() {
      globalThis.fetch = fetch;
    },
  };
}
