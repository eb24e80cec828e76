import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSignInLinks } from '#server/domain/identity/sign-in-links.ts';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';

let rig: TestApp;
beforeAll(async () => {
  rig = await openTestApp();
});
afterAll(() => rig?.close());

const links = (clock = () => new Date()) => createSignInLinks({ prisma: rig.prisma, clock });
const open = (token: string) => fetch(`${rig.origin}/sign-in?token=${token}`);
const submit = (token: string) =>
  fetch(`${rig.origin}/sign-in`, { method: 'POST', body: new URLSearchParams({ token }), redirect: 'manual' });
const viewerOf = async (cookie: string) => {
  const answer = await fetch(`${rig.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({ query: '{ viewer { id role } }' }),
  });
  return ((await answer.json()) as { data: { viewer: unknown } }).data.viewer; // the query above
};
const cookieOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

test('the link that the start prints signs the administrator in', async () => {
  const printed = new URL(rig.app.signInUrl ?? '');
  expect(printed.origin).toBe(rig.app.url);
  const answer = await submit(printed.searchParams.get('token') ?? '');
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('/');
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^catwalk\.session_token=[^;]+;.*HttpOnly; SameSite=Lax/),
  ]);
  expect(await viewerOf(cookieOf(answer))).toEqual({ id: rig.owner.id, role: 'ADMIN' });
  const audited = await rig.prisma.auditEvent.findFirstOrThrow({ where: { type: 'user.signed-in' } });
  expect(audited).toMatchObject({ ownerId: rig.owner.id, ip: '127.0.0.1', data: { method: 'link' } });
});

test('opening the link, as previews and preloading do, does not use it up; submitting it does, once', async () => {
  const token = await links().create(rig.owner.id, 60_000);
  for (const _ of [1, 2]) {
    const page = await open(token);
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.getSetCookie()).toEqual([]);
  }
  const answers = await Promise.all([submit(token), submit(token), submit(token)]);
  expect(answers.map((answer) => answer.headers.get('location')).sort()).toEqual([
    '/',
    '/sign-in?error=used',
    '/sign-in?error=used',
  ]);
});

test('a newer link replaces an older one, and a link runs out', async () => {
  const older = await links().create(rig.owner.id, 60_000);
  const newer = await links().create(rig.owner.id, 60_000);
  expect((await submit(older)).headers.get('location')).toBe('/sign-in?error=expired');
  expect((await submit(newer)).headers.get('location')).toBe('/');
  const late = await links(() => new Date(Date.now() - 120_000)).create(rig.owner.id, 60_000);
  expect((await submit(late)).headers.get('location')).toBe('/sign-in?error=expired');
  expect((await submit('made up')).headers.get('location')).toBe('/sign-in?error=invalid');
});

test('keeps text of the address out of the page', async () => {
  const text = await (await open(encodeURIComponent('"><script>alert(1)</script>'))).text();
  expect(text).not.toContain('alert(1)');
});

test('signing out ends the session', async () => {
  const cookie = cookieOf(await submit(await links().create(rig.owner.id, 60_000)));
  expect(await viewerOf(cookie)).not.toBeNull();
  const answer = await fetch(`${rig.origin}/api/auth/sign-out`, {
    method: 'POST',
    headers: { cookie, origin: rig.origin, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(answer.status).toBe(200);
  expect(await viewerOf(cookie)).toBeNull();
});

test('refuses sign-up while machines are local', async () => {
  const answer = await fetch(`${rig.origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: rig.origin },
    body: JSON.stringify({ email: 'eve@example.com', password: 'a long password', name: 'Eve', role: 'ADMIN' }),
  });
  expect(answer.status).toBe(404);
  expect(await rig.prisma.user.count({ where: { email: 'eve@example.com' } })).toBe(0);
});
