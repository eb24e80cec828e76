import { hash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSignInLinks } from '#server/domain/identity/sign-in-links.ts';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';
import { MANY_PEOPLE, openBrowser } from './browser.testing.ts';
import { signInWithGitHub } from './github-sign-in.testing.ts';

const PASSWORD = 'correct horse battery';
let rig: TestApp;
beforeAll(async () => {
  rig = await openTestApp({
    ...MANY_PEOPLE,
    NODE_ENV: 'production',
    PUBLIC_URL: 'http://localhost:1',
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    AUTH_SECRET: 'x'.repeat(32),
    GITHUB_CLIENT_ID: 'client',
    GITHUB_CLIENT_SECRET: 'secret',
  });
});
afterAll(() => rig?.close());
afterEach(async () => {
  await rig.prisma.signInAttempts.deleteMany();
  await rig.prisma.installationSettings.deleteMany();
});

const signUpRule = (signUp: 'OPEN' | 'LIMITED' | 'CLOSED', signUpAllowed: string[] = []) =>
  rig.prisma.installationSettings.upsert({
    where: { id: 'installation' },
    create: { id: 'installation', signUp, signUpAllowed },
    update: { signUp, signUpAllowed },
  });

describe('the administrator, in production', () => {
  test('is the person who opens the one-time link, however many people signed up before', async () => {
    const crowd = await Promise.all(
      ['one', 'two', 'three'].map(async (name) => {
        const browser = openBrowser(rig);
        await browser.signUp(`${name}@example.com`, PASSWORD);
        return browser.viewer();
      }),
    );
    expect(crowd.map((viewer) => viewer?.role)).toEqual(['MEMBER', 'MEMBER', 'MEMBER']);
    expect(await rig.prisma.user.findMany({ where: { role: 'ADMIN' }, select: { id: true } })).toEqual([
      { id: rig.owner.id },
    ]);
    const administrator = openBrowser(rig);
    await administrator.useLink(rig.app.signInUrl ?? '');
    expect(await administrator.viewer()).toMatchObject({ id: rig.owner.id, role: 'ADMIN' });
  });

  test('is not replaced by a person who signs up with the same address', async () => {
    const { email } = await rig.prisma.user.findUniqueOrThrow({ where: { id: rig.owner.id } });
    const stranger = openBrowser(rig);
    const request = { email, password: PASSWORD, name: 'Stranger', role: 'ADMIN' };
    expect((await stranger.json('/api/auth/sign-up/email', request)).status).toBe(404);
    expect((await stranger.signIn(email, PASSWORD)).ok).toBe(false);
    expect(await stranger.viewer()).toBeNull();
  });

  test('sets a password and an address, and signs in with them from then on', async () => {
    const browser = openBrowser(rig);
    const secret = await createSignInLinks({ prisma: rig.prisma, clock: () => new Date() }).create(
      rig.owner.id,
      60_000,
    );
    await browser.useLink(`${rig.origin}/sign-in?token=${secret}`);
    const rename = `mutation { updateAccount(input: { name: "Ada", email: "ada@example.com" }) { __typename } }`;
    expect((await browser.ask(rename)).data).toEqual({ updateAccount: { __typename: 'Viewer' } });
    const set = `mutation { changePassword(input: { newPassword: "${PASSWORD}" }) { ... on Viewer { hasPassword } } }`;
    expect((await browser.ask(set)).data).toEqual({ changePassword: { hasPassword: true } });
    const other = openBrowser(rig);
    expect((await other.signIn('ADA@example.com', PASSWORD)).status).toBe(200);
    expect(await other.viewer()).toMatchObject({ id: rig.owner.id, role: 'ADMIN' });
  });

  test('leaves an address that no other person can take', async () => {
    const { email } = await rig.prisma.user.findUniqueOrThrow({ where: { id: rig.owner.id } });
    expect(email, 'the administrator has an address of their own by now').toBe('ada@example.com');
    await signUpRule('OPEN');
    for (const reserved of ['owner@catwalk.localhost', 'Other@Catwalk.Localhost']) {
      const visit = await signInWithGitHub(rig, { id: 90, email: reserved, verified: true });
      expect(await visit.browser.viewer(), reserved).toBeNull();
    }
    const member = openBrowser(rig);
    await member.signUp('member@example.com', PASSWORD);
    const rename = `mutation { updateAccount(input: {
      name: "M", email: "owner@catwalk.localhost", currentPassword: "${PASSWORD}"
    }) { __typename } }`;
    expect((await member.ask(rename)).data).toEqual({ updateAccount: { __typename: 'InvalidInputError' } });
  });
});

describe('sign-up', () => {
  test('is closed until the administrator opens it', async () => {
    expect((await rig.ask(null, '{ installation { signUpOpen } }')).data).toEqual({
      installation: { signUpOpen: false },
    });
    const answer = await signInWithGitHub(rig, { id: 7, email: 'late@example.com', verified: true });
    expect(answer.location).toContain('error=sign_up_refused');
    expect(await answer.browser.viewer()).toBeNull();
    expect(await rig.prisma.user.count({ where: { email: 'late@example.com' } })).toBe(0);
  });

  test('while limited takes only addresses that are allowed and proven', async () => {
    await signUpRule('LIMITED', ['@example.org', 'eve@example.net']);
    const visit = async (id: number, email: string, verified: boolean) =>
      (await signInWithGitHub(rig, { id, email, verified })).browser.viewer();
    expect(await visit(11, 'proves@example.org', true)).toMatchObject({ email: 'proves@example.org', role: 'MEMBER' });
    expect(await visit(12, 'eve@example.net', true)).toMatchObject({ email: 'eve@example.net' });
    expect(await visit(13, 'claims@example.org', false)).toBeNull();
    expect(await visit(14, 'mallory@sub.example.org', true)).toBeNull();
    await signUpRule('CLOSED');
    expect(await visit(11, 'proves@example.org', true), 'an account that exists stays').not.toBeNull();
  });
});

test('no account is made for an address that its person has not proven', async () => {
  await signUpRule('OPEN');
  const request = { email: 'claims@example.com', password: PASSWORD, name: 'Claims' };
  expect((await openBrowser(rig).json('/api/auth/sign-up/email', request)).status).toBe(404);
  await signInWithGitHub(rig, { id: 71, email: 'claims@example.com', verified: false });
  expect(await rig.prisma.user.count({ where: { email: 'claims@example.com' } })).toBe(0);
});

describe('throttling', () => {
  test('stops guesses at one account from every address, right ones included, and returns how long to wait', async () => {
    await openBrowser(rig).signUp('target@example.com', PASSWORD);
    const guesses = await Promise.all(
      Array.from({ length: 25 }, (_, index) => openBrowser(rig).signIn('target@example.com', `guess number ${index}`)),
    );
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(20);
    const refused = await openBrowser(rig).signIn('target@example.com', PASSWORD);
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(900);
    expect((await openBrowser(rig).signUp('other@example.com', PASSWORD)).status, 'others are not touched').toBe(200);
  });

  test('responds for an absent account as for an existing one', async () => {
    const [there, absent] = await Promise.all(
      ['target@example.com', 'absent@example.com'].map(async (email) => {
        const answer = await openBrowser(rig).signIn(email, 'a wrong password');
        return { status: answer.status, body: await answer.text() };
      }),
    );
    expect(there).toEqual(absent);
  });

  test('stops one address that tries many accounts', async () => {
    const statuses: number[] = [];
    for (let batch = 0; batch < 7; batch += 1) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => openBrowser(rig).signIn(`${batch}-${index}@example.com`, PASSWORD)),
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(60);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  });

  test('forgets the failures of an account when its password is given', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let guess = 0; guess < 8; guess += 1) await openBrowser(rig).signIn('one@example.com', 'a wrong password');
      expect((await openBrowser(rig).signIn('one@example.com', PASSWORD)).status).toBe(200);
    }
  });
});

test('cookies of a server with an https address are Secure', async () => {
  const https = await openTestApp({ ...MANY_PEOPLE, PUBLIC_URL: 'https://catwalk.example.com' });
  try {
    const answer = await openBrowser(https).signUp('someone@example.com', PASSWORD);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Secure-catwalk\.session_token=[^;]+;.*HttpOnly; Secure; SameSite=Lax/),
    ]);
  } finally {
    await https.close();
  }
});

test('the database holds only the hash of a session token', async () => {
  const browser = openBrowser(rig);
  await browser.signIn('two@example.com', PASSWORD);
  const [token = ''] = decodeURIComponent(browser.cookie().split('session_token=')[1] ?? '').split('.');
  expect(token.length).toBeGreaterThan(20);
  expect(await rig.prisma.session.count({ where: { token: hash('sha256', token) } })).toBe(1);
  expect(await rig.prisma.session.count({ where: { token } })).toBe(0);
});

test('sign-in and sign-out are audited with the network address', async () => {
  const browser = openBrowser(rig);
  await browser.signUp('audited@example.com', PASSWORD);
  const id = (await browser.viewer())?.id ?? '';
  await browser.json('/api/auth/sign-out', {});
  const rows = await rig.prisma.auditEvent.findMany({ where: { ownerId: id }, orderBy: { id: 'asc' } });
  expect(rows.map(({ type, ip, data }) => ({ type, ip, data }))).toEqual([
    { type: 'user.signed-in', ip: '127.0.0.1', data: { method: 'email' } },
    { type: 'user.signed-out', ip: '127.0.0.1', data: { sessions: 1 } },
  ]);
});

test('unused routes of better-auth are off', async () => {
  const browser = openBrowser(rig);
  await browser.signIn('three@example.com', PASSWORD);
  for (const path of ['update-user', 'change-email', 'delete-user', 'revoke-sessions', 'change-password']) {
    expect((await browser.json(`/api/auth/${path}`, { newEmail: 'x@example.com' })).status, path).toBe(404);
  }
  expect((await browser.send('/api/auth/get-session')).status).toBe(404);
});
