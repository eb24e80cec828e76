/** An analysis uses its owner's keys, and shows what they opened to that owner alone. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { type NpmStandIn, startNpmStandIn } from '../registries/stand-ins/npm-registry.ts';
import { startWebStandIn, type WebStandIn } from '../registries/stand-ins/web.ts';

const FILES = {
  'package.json': JSON.stringify({
    name: 'a-mcp',
    version: '1.0.0',
    bin: { 'a-mcp': 'index.js' },
    dependencies: { '@modelcontextprotocol/sdk': '1' },
    keywords: ['mcp'],
  }),
  'index.js': 'const key = process.env.A_API_KEY;\n',
  'README.md': '# A\n\n`A_API_KEY` is from https://a.example/keys.\n',
};

let npm: NpmStandIn;
let web: WebStandIn;
let model: Server;
let rig: TestApp;
let ann: { id: string; token: string };
let bob: { id: string; token: string };
/** The keys that the model was asked with, in order. */
const asked: string[] = [];
let cost = 0.002;

beforeAll(async () => {
  model = createServer((request, response) => {
    const key = (request.headers.authorization ?? '').replace('Bearer ', '');
    request.resume();
    response.setHeader('content-type', 'application/json');
    if (request.url === '/key') return response.end('{"data":{}}');
    asked.push(key);
    const message = { role: 'assistant', content: '{"description":"Does A.","variables":[]}' };
    const usage = { prompt_tokens: 900, completion_tokens: 20, total_tokens: 920, cost };
    response.end(JSON.stringify({ id: '1', choices: [{ index: 0, finish_reason: 'stop', message }], usage }));
  });
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
  [npm, web] = await Promise.all([startNpmStandIn(), startWebStandIn()]);
  rig = await openTestApp({
    NPM_REGISTRY_URL: npm.url,
    GITHUB_API_URL: web.url,
    PYPI_URL: web.url,
    MCP_REGISTRY_URL: web.url,
    OPENROUTER_BASE_URL: `http://127.0.0.1:${(model.address() as AddressInfo).port}`, // it listens on TCP
    OPENROUTER_API_KEY: 'platform-key',
  });
  ann = await rig.addUser('ann');
  bob = await rig.addUser('bob');
});
afterAll(async () => {
  await rig?.close();
  await Promise.all([npm?.close(), web?.close()]);
  model?.close();
});
beforeEach(async () => {
  asked.length = 0;
  cost = 0.002;
  web.requests.length = 0;
  await rig.prisma.analysis.deleteMany();
  await rig.prisma.modelCall.deleteMany();
  await rig.prisma.installationSettings.deleteMany();
});

async function analyze({ token }: { token: string }, source: string, refresh = false) {
  const query = `mutation ($source: String!, $refresh: Boolean!) { it: analyze(input: { source: $source, refresh: $refresh }) {
    __typename ... on Analysis { id } ... on UserError { message } } }`;
  const { data } = await rig.ask(token, query, { source, refresh });
  const begun = data?.['it'] as { id: string } | undefined; // as the query asks for it
  const id = Buffer.from(begun?.id ?? '', 'base64')
    .toString()
    .replace('Analysis:', '');
  return eventually('the analysis ends', async () => {
    const row = await rig.prisma.analysis.findUniqueOrThrow({ where: { id } });
    return row.status === 'RUNNING' ? null : row;
  });
}
const set = async ({ token }: { token: string }, input: object) => {
  const query = 'mutation ($input: UpdateSettingsInput!) { it: updateSettings(input: $input) { __typename } }';
  expect((await rig.ask(token, query, { input })).data).toEqual({ it: { __typename: 'Settings' } });
};

test('a private repository opens with its owner’s token, and stays closed to everybody else', async () => {
  web.repository('o/private', FILES);
  web.answer('/user', { body: { login: 'ann' } });
  const body = { full_name: 'o/private', default_branch: 'main', size: 10, description: null, archived: false };
  web.answer('/repos/o/private', (headers) =>
    headers.authorization !== 'Bearer anns-token'
      ? { status: 404 }
      : headers['if-none-match'] === '"1"'
        ? { status: 304 }
        : { body, headers: { etag: '"1"' } },
  );
  await set(ann, { gitHubToken: 'anns-token' });
  expect(await analyze(ann, 'o/private')).toMatchObject({ status: 'DONE' });

  expect(await analyze(bob, 'o/private')).toMatchObject({ failure: { code: 'REPOSITORY_NOT_FOUND' } });
  const bobs = web.requests.at(-1);
  expect(bobs).toMatchObject({ path: '/repos/o/private' });
  expect(bobs?.headers).not.toHaveProperty('authorization');
  expect(bobs?.headers).not.toHaveProperty('if-none-match'); // what was read for ann is not even known to exist

  await set(ann, { gitHubToken: null });
  expect(await analyze(ann, 'o/private', true)).toMatchObject({ failure: { code: 'REPOSITORY_NOT_FOUND' } });
});

test('a refused token is named, with what to do', async () => {
  web.answer('/user', { body: { login: 'ann' } });
  web.answer('/repos/o/expired', { status: 401 });
  await set(ann, { gitHubToken: 'anns-token' });
  expect(await analyze(ann, 'o/expired')).toMatchObject({
    failure: { code: 'GITHUB_UNREACHABLE', message: 'GitHub refuses the token.' },
  });
  await set(ann, { gitHubToken: null });
});

test('uses the key of the user before that of the platform, and records each request to a language model', async () => {
  npm.publish({ ...JSON.parse(FILES['package.json']) }, FILES);
  await set(ann, { openRouterKey: 'anns-key' });
  await analyze(ann, 'a-mcp');
  await analyze(bob, 'a-mcp');
  expect(asked).toEqual(['anns-key', 'platform-key']);
  const calls = await rig.prisma.modelCall.findMany({ orderBy: { id: 'asc' } });
  expect(calls).toMatchObject([
    { userId: ann.id, ownKey: true, inputTokens: 900, outputTokens: 20 },
    { userId: bob.id, ownKey: false },
  ]);
  expect(calls.map(({ costUsd }) => costUsd.toNumber())).toEqual([0.002, 0.002]);
  await set(ann, { openRouterKey: null });
  await analyze(ann, 'a-mcp', true);
  expect(asked.at(-1)).toBe('platform-key');
});

test('continues an analysis without a language model when the budget is spent, and reports it', async () => {
  npm.publish({ ...JSON.parse(FILES['package.json']) }, FILES);
  await rig.prisma.installationSettings.create({ data: { modelUsdPerMonthMax: 0.1 } });
  cost = 0.09;
  await analyze(bob, 'a-mcp');
  const row = await analyze(bob, 'a-mcp', true);
  expect(asked).toHaveLength(1);
  expect(row.status).toBe('DONE');
  expect(JSON.stringify(row.result)).toContain('Models have cost $0.09 of your $0.10 this month.');
});
