import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';

const MIGRATION = new URL('../../prisma/migrations/20261201030000_slugs/migration.sql', import.meta.url);
const UPDATE = `mutation ($input: UpdateDeploymentInput!) { updateDeployment(input: $input) {
  __typename
  ... on Deployment { slug formerSlugs { slug until } }
  ... on UserError { code message hint }
  ... on InvalidInputError { fields { field } }
} }`;
const DAY_MS = 86_400_000;

let now = new Date();
let app: TestApp;
let owner: { id: string; token: string };
let other: { id: string; token: string };
beforeAll(async () => {
  app = await openTestApp({}, { clock: () => now });
  owner = await app.addUser('owner');
  other = await app.addUser('other');
});
afterAll(() => app?.close());

const make = async (name: string, slug: string, by = owner) => {
  const { id } = await addDeployment(app.prisma, by.id, name);
  await app.prisma.deployment.update({ where: { id }, data: { slug } });
  return id;
};
const rename = async (id: string, slug: string, by = owner) =>
  (await app.ask(by.token, UPDATE, { input: { id, slug } })).data?.['updateDeployment'] as Record<string, unknown>; // the document
/** The refusal of a deployment's endpoint names the address by id; without a deployment there is no such header. */
const leadsTo = async (word: string, below = ''): Promise<string | null> => {
  const answer = await fetch(`${app.origin}/api/mcp/${word}${below}`, { method: 'POST' });
  await answer.body?.cancel();
  return answer.status === 401 ? 'a deployment' : String(answer.status);
};

test('a renamed deployment answers under its id, its new and its old short name, and the old one ends after 30 days', async () => {
  const id = await make('Rain', 'rain-one');
  expect(await leadsTo('rain-one')).toBe('a deployment');
  expect(await rename(id, 'rain-two')).toMatchObject({ slug: 'rain-two', formerSlugs: [{ slug: 'rain-one' }] });
  for (const word of [id, 'rain-one', 'rain-two']) expect(await leadsTo(word)).toBe('a deployment');
  expect(await leadsTo('rain-three')).toBe('404');
  const before = now;
  now = new Date(before.getTime() + 31 * DAY_MS);
  expect([await leadsTo('rain-one'), await leadsTo('rain-two')]).toEqual(['404', 'a deployment']);
  now = before;
});

test('a short name is taken while it is used or was used in the last 30 days, for every owner', async () => {
  const id = await make('Snow', 'snow-one');
  const mine = await make('Wind', 'wind-one');
  const theirs = await make('Hail', 'hail-one', other);
  await rename(id, 'snow-two');
  for (const slug of ['snow-one', 'snow-two']) {
    expect(await rename(mine, slug)).toMatchObject({ code: 'CONFLICT', hint: expect.stringContaining('30 days') });
    expect(await rename(theirs, slug, other)).toMatchObject({ code: 'CONFLICT' });
  }
  expect(await rename(id, 'snow-one')).toMatchObject({ slug: 'snow-one', formerSlugs: [{ slug: 'snow-two' }] });
  now = new Date(now.getTime() + 31 * DAY_MS);
  expect(await rename(mine, 'snow-two')).toMatchObject({ slug: 'snow-two' });
});

test('a deployment keeps five replaced short names, and the oldest ends first', async () => {
  const id = await make('Fog', 'fog-0');
  for (let number = 1; number <= 7; number += 1) {
    now = new Date(now.getTime() + 1_000);
    await rename(id, `fog-${number}`);
  }
  const kept = await app.prisma.formerSlug.findMany({ where: { deploymentId: id }, orderBy: { slug: 'asc' } });
  expect(kept.map(({ slug }) => slug)).toEqual(['fog-2', 'fog-3', 'fog-4', 'fog-5', 'fog-6']);
});

test('two requests for one short name at once give it to one of them', async () => {
  const ids = [await make('One', 'race-a'), await make('Two', 'race-b')];
  const outcomes = await Promise.all(ids.map((id) => rename(id, 'race-won')));
  expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'Deployment']);
});

test('bad and reserved words are refused at their field, an empty one stands for one of the name, strangers find nothing', async () => {
  const id = await make('Clear Sky', 'sky-one');
  for (const slug of ['sse', 'Sky', 'a', 'two words'])
    expect(await rename(id, slug)).toMatchObject({ code: 'INVALID_INPUT', fields: [{ field: 'slug' }] });
  expect(await rename(id, 'sky-two', other)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await rename(id, '')).toMatchObject({ slug: 'clear-sky' });
  await make('Clear Sky', 'sky-three');
  const second = await make('Clear Sky', 'sky-four');
  expect(await rename(second, '')).toMatchObject({ slug: 'clear-sky-2' });
});

test('OAuth metadata of an address with a short name names the address by id', async () => {
  const id = await make('Sun', 'sun-one');
  await app.prisma.deployment.update({ where: { id }, data: { access: 'OAUTH' } });
  const read = async (word: string) => {
    const answer = await fetch(`${app.origin}/.well-known/oauth-protected-resource/api/mcp/${word}`);
    return answer.status === 200 ? ((await answer.json()) as { resource: string }).resource : answer.status; // RFC 9728
  };
  expect([await read('sun-one'), await read(id), await read('sun-two')]).toEqual([
    expect.stringMatching(new RegExp(`/api/mcp/${id}$`)),
    expect.stringMatching(new RegExp(`/api/mcp/${id}$`)),
    404,
  ]);
});

test('the migration gives each deployment a valid short name of its own, and leaves those that have one', async () => {
  const kept = await make('Kept', 'twice');
  const names = ['Twice', 'Twice', 'SSE', '天気', 'x', 'x'.repeat(80)];
  const ids: string[] = [];
  for (const name of names) ids.push((await addDeployment(app.prisma, owner.id, name)).id);
  const sql = await readFile(MIGRATION, 'utf8');
  await app.prisma.$executeRawUnsafe(sql.slice(sql.indexOf('WITH "word"')));
  const slugs = await Promise.all(
    ids.map(async (id) => (await app.prisma.deployment.findUniqueOrThrow({ where: { id } })).slug),
  );
  const [first = '', second = ''] = ids;
  expect(slugs).toEqual([
    `twice-${first.slice(0, 8)}`,
    `twice-${second.slice(0, 8)}`,
    'sse-server',
    'server',
    'x-server',
    'x'.repeat(31),
  ]);
  expect((await app.prisma.deployment.findUniqueOrThrow({ where: { id: kept } })).slug).toBe('twice');
});
