import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';

let rig: TestApp;
let token: string;
beforeAll(async () => {
  rig = await openTestApp();
  token = (await rig.addUser('ann')).token;
});
afterAll(() => rig?.close());

test.each([
  ['a name', 'mutation ($text: String!) { createApiToken(input: { name: $text }) { __typename } }'],
  ['a search', 'query ($text: String!) { registryServers(search: $text) { edges { node { id } } } }'],
  ['a filter', 'query ($text: String!) { auditEvents(types: [$text]) { edges { node { id } } } }'],
])('refuses a NUL character in %s as invalid input', async (_where, query) => {
  const { data, errors } = await rig.ask(token, query, { text: 'a\u0000b' });
  expect(errors, JSON.stringify(data)).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
});

test('tells that a process is live while its database is not asked', async () => {
  const before = rig.operations();
  const answer = await fetch(`${rig.origin}/api/live`);
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { status: 'live' } });
  expect(rig.operations()).toBe(before);
});
