import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';

const PUBLISH = `mutation ($input: PublishPageInput!) { publishPage(input: $input) {
  __typename
  ... on Deployment { publicPage { text view url badgeUrl } }
  ... on UserError { code }
  ... on InvalidInputError { fields { field } }
} }`;
const WITHDRAW = `mutation ($id: ID!) { withdrawPage(deploymentId: $id) {
  __typename
  ... on Deployment { publicPage { text } }
} }`;
const SAVE_VIEW = `mutation ($input: SaveViewInput!) { saveView(input: $input) { __typename ... on View { id } } }`;
const DELETE_VIEW = 'mutation ($id: ID!) { deleteView(id: $id) { __typename } }';
const tool = (name: string, description: string) => ({
  ...{ name, title: null, description, inputSchema: {}, outputSchema: null, annotations: null },
});
const TOOLS = [tool('forecast', 'Tells <b>tomorrow</b>.'), tool('wipe', 'Deletes everything.')];

let app: TestApp;
let owner: { id: string; token: string };
let other: { id: string; token: string };
beforeAll(async () => {
  app = await openTestApp();
  owner = await app.addUser('owner');
  other = await app.addUser('other');
});
afterAll(() => app?.close());

let made = 0;
async function make(name = 'Weather') {
  made += 1;
  const slug = `page-${made}`;
  const { id, releaseId } = await addDeployment(app.prisma, owner.id, name);
  const { snapshot } = await app.prisma.release.findUniqueOrThrow({ where: { id: releaseId } });
  const offered = { ...(snapshot as Prisma.JsonObject), tools: TOOLS } as Prisma.InputJsonObject; // plain data
  await app.prisma.release.update({ where: { id: releaseId }, data: { snapshot: offered } });
  await app.prisma.deployment.update({ where: { id }, data: { slug } });
  return { id, slug };
}
const mutate = async (query: string, variables: object, by = owner) =>
  Object.values((await app.ask(by.token, query, variables)).data ?? {})[0] as Record<string, unknown>; // one field
const publish = (deploymentId: string, more: object = {}, by = owner) =>
  mutate(PUBLISH, { input: { deploymentId, ...more } }, by);
/** What an answer tells, without the id that each request has. */
async function read(path: string) {
  const answer = await fetch(app.origin + path, { headers: { accept: 'text/html' } });
  const { headers, status } = answer;
  const names = ['cache-control', 'content-type', 'content-security-policy', 'cross-origin-resource-policy'];
  return { status, body: await answer.text(), headers: names.map((name) => headers.get(name)) };
}

test('a page that is off answers exactly as an address that leads nowhere, and so does its badge', async () => {
  const { id, slug } = await make();
  for (const below of ['', '/badge.svg']) {
    const unknown = await read(`/p/no-such-page${below}`);
    expect(unknown.status).toBe(404);
    expect([await read(`/p/${slug}${below}`), await read(`/p/${id}${below}`)]).toEqual([unknown, unknown]);
  }
  await publish(id);
  expect((await read(`/p/${slug}`)).status).toBe(200);
  expect(await mutate(WITHDRAW, { id })).toMatchObject({ publicPage: null });
  expect(await read(`/p/${slug}`)).toEqual(await read('/p/no-such-page'));
});

test('the page has the text, the tools and how to connect, as text alone, without scripts and without secrets', async () => {
  const { id, slug } = await make('<script>alert(1)</script>');
  const outcome = await publish(id, { text: 'Rain & "sun" <img src=x>' });
  expect(outcome).toMatchObject({ publicPage: { url: expect.stringMatching(`/p/${slug}$`), view: null } });
  const { body, headers } = await read(`/p/${slug}`);
  for (const shown of ['Rain &amp; &quot;sun&quot; &lt;img src=x&gt;', 'forecast', 'Tells &lt;b&gt;tomorrow', 'wipe'])
    expect(body).toContain(shown);
  expect(body).toContain(`/api/mcp/${slug}`);
  expect(body).toContain('YOUR_TOKEN');
  expect(body).not.toMatch(/<script|<b>|src=x>/);
  for (const secret of ['cwt_abc', 'weather-mcp', owner.id, 'owner@example.com']) expect(body).not.toContain(secret);
  expect(headers.slice(0, 2)).toEqual(['public, max-age=60', 'text/html; charset=utf-8']);
  expect(headers[2]).toContain("default-src 'none'");
});

test('a page of a view names what the view shows under its names, and ends with the view', async () => {
  const { id, slug } = await make();
  const rules = { tools: { deny: ['wipe'], changes: { forecast: { name: 'tomorrow', description: 'Looks ahead.' } } } };
  const view = await mutate(SAVE_VIEW, { input: { deploymentId: id, name: 'safe', rules } });
  await publish(id, { view: 'safe' });
  const { body } = await read(`/p/${slug}`);
  expect(body).toContain(`/api/mcp/${slug}/v/safe`);
  expect(body).toContain('Looks ahead.');
  expect(body).not.toMatch(/wipe|Deletes everything|>forecast</);
  await mutate(DELETE_VIEW, { id: view['id'] });
  expect((await read(`/p/${slug}`)).status).toBe(404);
});

test('definitions that a lock holds back are not on the page', async () => {
  const { id, slug } = await make();
  const agreed = { instructions: null, tools: [TOOLS[0]], resources: [], prompts: [] } as Prisma.InputJsonObject;
  const lock = await app.prisma.definitionLock.upsert({
    where: { deploymentId: id },
    create: { deploymentId: id, policy: 'HOLD', agreed },
    update: { policy: 'HOLD', agreed },
  });
  expect(lock.policy).toBe('HOLD');
  await publish(id);
  const { body } = await read(`/p/${slug}`);
  expect(body).toContain('forecast');
  expect(body).not.toContain('wipe');
});

test('with OAuth the page gives the address by id, which clients compare with the metadata', async () => {
  const { id, slug } = await make();
  await app.prisma.deployment.update({ where: { id }, data: { access: 'OAUTH' } });
  await publish(id);
  expect((await read(`/p/${slug}`)).body).toContain(`/api/mcp/${id}`);
});

test('the badge counts the tools, may be shown by other sites, and says when the server is unavailable', async () => {
  const { id, slug } = await make();
  await publish(id);
  const badge = await read(`/p/${slug}/badge.svg`);
  expect(badge.body).toContain('MCP: 2 tools');
  expect(badge.headers).toEqual([
    'public, max-age=60',
    'image/svg+xml; charset=utf-8',
    expect.any(String),
    'cross-origin',
  ]);
  const crossSite = await fetch(`${app.origin}/p/${slug}/badge.svg`, {
    headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
  });
  await crossSite.body?.cancel();
  expect(crossSite.status).toBe(200);
  await app.prisma.deployment.update({ where: { id }, data: { status: 'STOPPED' } });
  expect((await read(`/p/${slug}/badge.svg`)).body).toContain('MCP: unavailable');
});

test('owners alone publish, and a wrong view or a long text is refused at its field', async () => {
  const { id, slug } = await make();
  expect(await publish(id, {}, other)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await publish(id, { view: 'none' })).toMatchObject({ code: 'INVALID_INPUT', fields: [{ field: 'view' }] });
  expect(await publish(id, { text: 'x'.repeat(2_001) })).toMatchObject({ fields: [{ field: 'text' }] });
  expect((await read(`/p/${slug}`)).status).toBe(404);
});
