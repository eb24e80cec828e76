import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';
import { createLog } from '../logging/log.ts';

/** Stands for what callers put into documents and variables. */
const SENTINEL = 'sentinel-7d1f';

let lines: string[] = [];
let rig: TestApp;
let token: string;
beforeAll(async () => {
  rig = await openTestApp({}, { log: createLog('trace', { write: (line) => lines.push(line) }) });
  ({ token } = await rig.addUser('ann'));
});
afterAll(() => rig?.close());
beforeEach(() => {
  lines = [];
});

/** Without those of the worker that reads registries. */
const errorLines = () =>
  lines.filter((line) => /"level":"(?:warn|error|fatal)"/.test(line) && !line.includes('"MCP_REGISTRY"'));
const withVariable = (type: string) => `mutation ($v: ${type}) { updateSettings(input: $v) { __typename } }`;

const MISTAKES: [what: string, query: string, variables?: object][] = [
  ['a document that does not parse', `mutation { updateSettings(input: { gitHubToken: "${SENTINEL}" `],
  ['an unknown field', `mutation { updateSettings(input: { gitHubToken: "${SENTINEL}" }) { nothing } }`],
  [
    'an inline value of a wrong type',
    `mutation { updateSettings(input: { gitHubToken: { a: "${SENTINEL}" } }) { __typename } }`,
  ],
  ['a variable of a wrong type', withVariable('UpdateSettingsInput!'), { v: { gitHubToken: { a: SENTINEL } } }],
  ['an unknown variable', withVariable('UpdateSettingsInput!'), { v: { [SENTINEL]: SENTINEL } }],
  ['a variable of an unknown type', withVariable('Nothing'), { v: SENTINEL }],
  ['an id that is none', `{ node(id: "${SENTINEL}") { id } }`],
  ['a cursor that is none', `{ deployments(after: "${SENTINEL}") { edges { node { id } } } }`],
  [
    'an inline credential',
    `mutation { deploy(input: { analysisId: "x", credentials: [{ name: "K", value: "${SENTINEL}" }] }) { __typename } }`,
  ],
];

test.each(MISTAKES)('does not log %s, signed in or not, over HTTP or WebSocket', async (_what, query, variables) => {
  await rig.ask(token, query, variables);
  await rig.ask(null, query, variables);
  const get = `query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify(variables ?? {}))}`;
  await (await fetch(`${rig.origin}/graphql?${get}`)).text();
  await rig
    .follow(token, query, { ...variables })
    .next()
    .catch(() => {}); // refused
  expect(lines.filter((line) => line.includes(SENTINEL))).toEqual([]);
  expect(errorLines()).toEqual([]);
});

test('does not log callers who are not signed in, or who sign in wrongly, as errors', async () => {
  await rig.ask(null, '{ deployments { edges { node { id } } } }');
  await rig.ask('cw_made-up', 'mutation { stopDeployment(id: "x") { __typename } }');
  const post = (path: string, body: object) =>
    fetch(`${rig.origin}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: rig.origin },
      body: JSON.stringify(body),
    }).then((answer) => answer.text());
  await post('/sign-in/link', { token: SENTINEL });
  await post('/sign-in/link', { token: { a: SENTINEL } });
  await post('/sign-in/email', { email: `${SENTINEL}@example.com`, password: SENTINEL });
  await fetch(`${rig.origin}/api/auth/callback/github?state=${SENTINEL}&code=${SENTINEL}`, { redirect: 'manual' });
  expect(lines.length).toBeGreaterThan(0);
  expect(errorLines()).toEqual([]);
  expect(lines.filter((line) => line.includes(SENTINEL))).toEqual([]);
});

test.each(['application/json', 'text/plain', `${SENTINEL}; x`])(
  'does not log a body of the type %s that the sign-in cannot read',
  async (type) => {
    for (const path of ['/sign-in/link', '/sign-in/email', '/sign-out'])
      await fetch(`${rig.origin}/api/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': type, origin: rig.origin },
        body: `{ "${SENTINEL}`,
      }).then((answer) => answer.text());
    expect(errorLines()).toEqual([]);
    expect(lines.filter((line) => line.includes(SENTINEL))).toEqual([]);
  },
);

test('logs an unexpected error under its request id, without document and variables', async () => {
  await rig.prisma.$executeRaw`ALTER TABLE "ApiToken" RENAME COLUMN "name" TO "elsewhere"`;
  const query = `mutation ($name: String!) { createApiToken(input: { name: $name }) { __typename }
    other: createApiToken(input: { name: "${SENTINEL} inline" }) { __typename } }`;
  const { errors } = await rig.ask(token, query, { name: SENTINEL });
  await rig.prisma.$executeRaw`ALTER TABLE "ApiToken" RENAME COLUMN "elsewhere" TO "name"`;
  const requestId = /"requestId":"([^"]+)"/.exec(JSON.stringify(errors))?.[1];
  expect(errorLines().filter((line) => line.includes(`"requestId":"${requestId}"`)).length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.includes(SENTINEL))).toEqual([]);
});
