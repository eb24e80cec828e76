import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { startWebStandIn, type WebStandIn } from '../registries/stand-ins/web.ts';

const FILES = {
  'package.json': JSON.stringify({
    name: 'a-mcp',
    version: '1.0.0',
    bin: { 'a-mcp': 'index.js' },
    dependencies: { '@modelcontextprotocol/sdk': '1' },
  }),
  'index.js': '',
};

let web: WebStandIn;
let rig: TestApp;
beforeAll(async () => {
  web = await startWebStandIn();
  rig = await openTestApp({
    GITHUB_API_URL: web.url,
    GITHUB_TOKEN: 'platform-token',
    PYPI_URL: web.url,
    MCP_REGISTRY_URL: web.url,
    NPM_REGISTRY_URL: web.url,
  });
});
afterAll(async () => {
  await rig?.close();
  await web?.close();
});

async function analyze(token: string, source: string) {
  const query = 'mutation ($input: AnalyzeInput!) { it: analyze(input: $input) { ... on Analysis { id } } }';
  const { data } = await rig.ask(token, query, { input: { source, refresh: true } });
  const it = data?.['it'] as { id: string }; // the query above
  const id = Buffer.from(it.id, 'base64').toString().replace('Analysis:', '');
  return eventually('the analysis ends', async () => {
    const row = await rig.prisma.analysis.findUniqueOrThrow({ where: { id } });
    return row.status === 'RUNNING' ? null : row;
  });
}

test.each([{ private: true }, { private: true, visibility: 'internal' }])(
  'the platform’s GitHub token opens a repository with %j to the administrator alone',
  async (visibility) => {
    web.repository('o/closed', FILES, visibility);
    const { token: administrator } = await rig.tokenFor(rig.owner.id);
    const { token: member } = await rig.addUser(`member-${JSON.stringify(visibility).length}`);
    expect(await analyze(administrator, 'o/closed')).toMatchObject({ failure: null });
    expect(await analyze(member, 'o/closed')).toMatchObject({ failure: { code: 'REPOSITORY_NOT_FOUND' } });
    const paths = web.requests.filter(({ headers }) => headers.authorization === 'Bearer platform-token');
    expect(paths.at(-1)?.path, 'nothing below the repository is requested').toBe('/repos/o/closed');
    const own = 'mutation { it: updateSettings(input: { gitHubToken: "members-token" }) { __typename } }';
    web.answer('/user', { body: { login: 'member' } });
    expect((await rig.ask(member, own)).data).toEqual({ it: { __typename: 'Settings' } });
    expect(await analyze(member, 'o/closed')).toMatchObject({ failure: null });
  },
);

test('the platform’s GitHub token reads a public repository for everyone', async () => {
  web.repository('o/open', FILES, { private: false, visibility: 'public' });
  const { token } = await rig.addUser('reader');
  expect(await analyze(token, 'o/open')).toMatchObject({ failure: null });
});
