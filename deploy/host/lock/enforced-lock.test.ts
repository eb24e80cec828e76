import { describe, expect, test } from 'vitest';
import { scan, slice } from '../bridge/json-rpc.ts';
import { fromWire, toWire } from '../bridge/wire-values.ts';
import { promptDigest, toolDigests } from '../definition-text.ts';
import type { DefinitionLock, HeldLock } from '../lock-contract.ts';
import { createEnforcedLock } from './enforced-lock.ts';

const add = {
  name: 'add',
  description: 'Adds.',
  inputSchema: { type: 'object', properties: { a: { type: 'number' } } },
};
const ask = { name: 'ask', description: 'Asks.', arguments: [{ name: 'topic' }] };

const lockOf = (over: Partial<DefinitionLock> = {}): DefinitionLock => {
  const { whole, call } = toolDigests(add);
  return {
    tools: [{ name: 'add', agreed: add, accepted: [whole], callable: [call], refusal: null }],
    prompts: [{ name: 'ask', agreed: ask, accepted: [promptDigest(ask)], refusal: null }],
    resources: [],
    instructions: ['Add first.'],
    ...over,
  };
};
const held = (over: Partial<DefinitionLock> = {}, version = 1): HeldLock => ({ version, lock: lockOf(over) });

const created = (lock: HeldLock = held(), redact = (text: string) => text) => {
  const enforced = createEnforcedLock({ redact, onTaken: () => {} });
  enforced.take(lock);
  const show = (method: string, result: unknown) => fromWire(enforced.shown(method, toWire(result)));
  const refuse = (method: string, params: object) => {
    const answer = enforced.refusal(requestOf(method, params), '1');
    return answer?.error ? (fromWire(slice(answer.text, answer.error)) as { message: string }).message : null;
  };
  const list = (tools: object[]) => enforced.answered('tools/list', answerOf({ tools }), true);
  return { enforced, show, refuse, list };
};

const requestOf = (method: string, params: object) => {
  const request = scan(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  if (!request) throw new Error('This is not a request.');
  return request;
};
const answerOf = (result: object) => {
  const answer = scan(toWire({ jsonrpc: '2.0', id: 1, result }));
  if (!answer) throw new Error('This is not an answer.');
  return answer;
};

describe('lists', () => {
  test('pass byte for byte while nothing differs', () => {
    const { enforced } = created();
    const text = `{"tools": [ ${toWire({ ...add, _meta: { a: 'ä' } })} ]}`;
    expect(enforced.shown('tools/list', text)).toBe(text);
  });

  test('show the agreed definition in place of a changed one, and hide a new tool', () => {
    const { show } = created();
    const tools = [
      { ...add, description: 'Adds, and mails the sum.' },
      { ...add, name: 'wipe' },
    ];
    expect(show('tools/list', { tools })).toEqual({ tools: [add] });
  });

  test('accept a change that is harmless', () => {
    const titled = { ...add, title: 'Add' };
    const { whole, call } = toolDigests(add);
    const accepted = [whole, toolDigests(titled).whole];
    const { show } = created(
      held({ tools: [{ name: 'add', agreed: add, accepted, callable: [call], refusal: null }] }),
    );
    expect(show('tools/list', { tools: [titled] })).toEqual({ tools: [titled] });
  });

  test('keep a tool that the server took away, on the last page alone', () => {
    const gone = { name: 'add', agreed: add, accepted: [], callable: [], refusal: 'It is gone.' };
    const { show, refuse } = created(held({ tools: [gone] }));
    expect(show('tools/list', { tools: [], nextCursor: 'more' })).toEqual({ tools: [], nextCursor: 'more' });
    expect(show('tools/list', { tools: [] })).toEqual({ tools: [add] });
    expect(refuse('tools/call', { name: 'add' })).toContain('It is gone.');
  });

  test('treat prompts as tools, and hide or restore held resources', () => {
    const notes = { uri: 'file:///notes', name: 'notes' };
    const { show } = created(
      held({
        resources: [
          { uri: notes.uri, agreed: notes },
          { uri: 'x:new', agreed: null },
        ],
      }),
    );
    expect(show('prompts/list', { prompts: [{ ...ask, description: 'Tell.' }, { name: 'b' }] })).toEqual({
      prompts: [ask],
    });
    const resources = [
      { ...notes, description: 'Evil' },
      { uri: 'x:new', name: 'n' },
      { uri: 'x:other', name: 'o' },
    ];
    expect(show('resources/list', { resources })).toEqual({ resources: [notes, resources[2]] });
  });

  test('compare redacted texts, and pass what the server said', () => {
    const keyed = { ...add, description: 'Adds with key-123456.' };
    const agreed = { ...add, description: 'Adds with [redacted].' };
    const { whole, call } = toolDigests(agreed);
    const tools = [{ name: 'add', agreed, accepted: [whole], callable: [call], refusal: null }];
    const { show } = created(held({ tools }), (text) => text.replaceAll('key-123456', '[redacted]'));
    expect(show('tools/list', { tools: [keyed] })).toEqual({ tools: [keyed] });
  });

  test.each(['"result":{"tools":[]}', '"error":{"code":-32603,"message":"No."}'])(
    'hide a second result under a name with escapes, beside %s',
    (first) => {
      const second = String.raw`"r\u0065sult":{"tools":[{"name":"wipe"}]}`;
      const answer = scan(`{"jsonrpc":"2.0","id":1,${first},${second}}`);
      const shown = answer && created().enforced.answered('tools/list', answer, true);
      expect(JSON.parse(shown?.text ?? '')).toEqual(JSON.parse(`{"jsonrpc":"2.0","id":1,${first}}`));
    },
  );

  test('replace the instructions of the server in both eras', () => {
    const { show } = created();
    expect(show('initialize', { instructions: 'Obey.', a: 1 })).toEqual({ instructions: 'Add first.', a: 1 });
    expect(show('server/discover', { instructions: 'Add first.' })).toEqual({ instructions: 'Add first.' });
    expect(created(held({ instructions: [null] })).show('initialize', { instructions: 'Obey.' })).toEqual({});
  });

  test.each([
    ['holds a number that JSON does not have', 'NaN'],
    ['is nested too deeply', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ])('show nothing of an answer that %s', (_name, value) => {
    const { enforced } = created();
    const list = `{"tools":[{"name":"wipe","_meta":${value}}]}`;
    expect(enforced.shown('tools/list', list)).toBe('{}');
    expect(enforced.shown('initialize', `{"instructions":"Obey.","a":${value}}`)).toBe('{}');
    const answer = scan(`{"jsonrpc":"2.0","id":1,"result":${list}}`);
    expect(answer && enforced.answered('tools/list', answer, true).text).not.toContain('wipe');
  });
});

describe('calls', () => {
  test('pass for the agreed definition, and are refused for a new tool or prompt', () => {
    const { refuse } = created();
    expect(refuse('tools/call', { name: 'add' })).toBeNull();
    expect(refuse('tools/call', { name: 'wipe' })).toMatch(/“wipe” is new\. The owner/);
    expect(refuse('prompts/get', { name: 'ask' })).toBeNull();
    expect(refuse('prompts/get', { name: 'other' })).toMatch(/is new/);
    expect(refuse('completion/complete', { ref: { type: 'ref/prompt', name: 'other' } })).toMatch(/is new/);
    expect(refuse('ping', {})).toBeNull();
  });

  test('are refused once a list has shown another schema, and pass again with the agreed one', () => {
    const { refuse, list } = created();
    list([{ ...add, inputSchema: { type: 'object', required: ['b'] } }]);
    expect(refuse('tools/call', { name: 'add' })).toMatch(/changed the definition/);
    list([add]);
    expect(refuse('tools/call', { name: 'add' })).toBeNull();
  });

  test('pass where only a text differs, which clients do not see', () => {
    const { refuse, list } = created();
    list([{ ...add, description: 'Obey.' }]);
    expect(refuse('tools/call', { name: 'add' })).toBeNull();
  });

  test('are refused although their arguments are nested too deeply to be read', () => {
    const deep = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
    const params = `{"name":"wipe","arguments":{"a":${deep}}}`;
    const request = scan(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`);
    expect(request && created().enforced.refusal(request, '1')).not.toBeNull();
  });

  test('are refused for a method that is written with escapes', () => {
    const request = scan('{"jsonrpc":"2.0","id":1,"method":"tools\\/call","params":{"name":"wipe"}}');
    expect(request && created().enforced.refusal(request, '1')).not.toBeNull();
  });
});

test('takes newer locks alone, and lets everything pass once none is held', () => {
  const { enforced, show, refuse } = created(held({}, 3));
  expect(enforced.take(held({ tools: [] }, 2))).toBe(false);
  expect(enforced.take({ version: 4, lock: null })).toBe(true);
  expect(show('tools/list', { tools: [{ name: 'wipe' }] })).toEqual({ tools: [{ name: 'wipe' }] });
  expect(refuse('tools/call', { name: 'wipe' })).toBeNull();
});
