import { expect, test } from 'vitest';
import { envelopeOf } from '../parts.testing.ts';
import { clientMeta, logLevelMeta, withInput, withMeta } from './stateless-request.ts';

const PREFIX = 'io.modelcontextprotocol/';
const META = clientMeta({ info: { name: 'c' }, capabilities: { roots: {} } });
const PARSED = {
  [`${PREFIX}protocolVersion`]: '2026-07-28',
  [`${PREFIX}clientInfo`]: { name: 'c' },
  [`${PREFIX}clientCapabilities`]: { roots: {} },
};
const paramsOf = (params: unknown, meta = META) => {
  const changed = withMeta(envelopeOf({ id: 1, method: 'm', ...(params === undefined ? {} : { params }) }), meta);
  return changed && JSON.parse(changed.text).params;
};

test('a client without a name has none in its metadata', () => {
  expect(JSON.parse(`{${clientMeta({ info: undefined, capabilities: {} })}}`)).toEqual({
    [`${PREFIX}protocolVersion`]: '2026-07-28',
    [`${PREFIX}clientCapabilities`]: {},
  });
  expect(JSON.parse(`{${logLevelMeta('info')}}`)).toEqual({ [`${PREFIX}logLevel`]: 'info' });
});

test.each([
  [undefined, {}],
  [{ a: 1 }, { a: 1 }],
  [{ a: 1, _meta: {} }, { a: 1 }],
])('adds the metadata to the params %j', (params, others) => {
  expect(paramsOf(params)).toEqual({ ...others, _meta: PARSED });
});

test('the metadata of the client stays, except where it speaks for the host', () => {
  const own = Object.fromEntries(
    ['protocolVersion', 'clientInfo', 'clientCapabilities', 'logLevel'].map((name) => [PREFIX + name, 'own']),
  );
  expect(paramsOf({ _meta: { progressToken: 5, ...own, [`${PREFIX}else`]: 1 } })._meta).toEqual({
    ...PARSED,
    progressToken: 5,
    [`${PREFIX}else`]: 1,
  });
});

test.each([[[]], ['x'], [{ _meta: 'x' }]])('the params %j cannot have metadata', (params) => {
  expect(paramsOf(params)).toBeNull();
});

test('sends a request again with its answers, its state, or both', () => {
  const request = envelopeOf({ id: 1, method: 'm', params: { name: 'add' } });
  const members = (responses: string | null, state: string | null) =>
    JSON.parse(withInput(request, responses, state)?.text ?? '{}').params;
  expect(members('{"a":1}', '"s"')).toEqual({ name: 'add', inputResponses: { a: 1 }, requestState: 's' });
  expect(members('{"a":1}', null)).toEqual({ name: 'add', inputResponses: { a: 1 } });
  expect(members(null, '"s"')).toEqual({ name: 'add', requestState: 's' });
  expect(withInput(request, null, null)).toBe(request);
});
