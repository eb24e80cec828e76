import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';
import { MANY_PEOPLE, openBrowser } from './browser.testing.ts';
import { beginGitHub, signInWithGitHub } from './github-sign-in.testing.ts';

const PASSWORD = 'correct horse battery';
let rig: TestApp;
beforeAll(async () => {
  rig = await openTestApp({ ...MANY_PEOPLE, GITHUB_CLIENT_ID: 'client', GITHUB_CLIENT_SECRET: 'secret' });
});
afterAll(() => rig?.close());
beforeEach(() => openSignUp());
afterEach(() => rig.prisma.signInAttempts.deleteMany());

const openSignUp = () =>
  rig.prisma.installationSettings.upsert({
    where: { id: 'installation' },
    create: { id: 'installation', signUp: 'OPEN' },
    update: { signUp: 'OPEN' },
  });
const signUp = async (email: string, emailVerified: boolean) => {
  const browser = openBrowser(rig);
  await browser.signUp(email, PASSWORD);
  await rig.prisma.user.update({ where: { email }, data: { emailVerified } });
  return browser;
};
const accountsOf = async (email: string) => {
  const accounts = await rig.prisma.account.findMany({ where: { user: { email } }, orderBy: { providerId: 'asc' } });
  return accounts.map(({ providerId, accountId }) => (providerId === 'github' ? `github ${accountId}` : providerId));
};

test('GitHub signs in to an account with the same address only when both sides have proven the address', async () => {
  const cases = [
    { email: 'claimed-here@example.com', here: false, verified: true, signsIn: false },
    { email: 'claimed-there@example.com', here: true, verified: false, signsIn: false },
    { email: 'claimed-twice@example.com', here: false, verified: false, signsIn: false },
    { email: 'proven@example.com', here: true, verified: true, signsIn: true },
  ];
  for (const [index, { email, here, verified, signsIn }] of cases.entries()) {
    await signUp(email, here);
    const { browser, location } = await signInWithGitHub(rig, { id: 100 + index, email, verified });
    expect((await browser.viewer())?.email ?? null, email).toBe(signsIn ? email : null);
    expect(location, email).toContain(signsIn ? '/deployments' : '/sign-in?error=account_not_linked');
    expect(await accountsOf(email), email).toEqual(signsIn ? ['credential', `github ${100 + index}`] : ['credential']);
  }
});

test('an address counts as proven only when GitHub reports it as such, not when it reports some text', async () => {
  await signUp('text@example.com', true);
  const { browser } = await signInWithGitHub(rig, { id: 120, email: 'text@example.com', verified: 'false' });
  expect(await browser.viewer()).toBeNull();
  expect(await accountsOf('text@example.com')).toEqual(['credential']);
});

test('an unproven address at GitHub makes no account', async () => {
  const { browser, location } = await signInWithGitHub(rig, { id: 130, email: 'new@example.com', verified: false });
  expect(await browser.viewer()).toBeNull();
  expect(location).toContain('error=sign_up_refused');
  expect(await rig.prisma.user.count({ where: { email: 'new@example.com' } })).toBe(0);
});

test('a signed-in person links a GitHub account with another address, and signs in with it from then on', async () => {
  const browser = await signUp('links@example.com', false);
  const back = await beginGitHub(browser, 'link-social');
  expect(await back({ id: 140, email: 'other@example.org', verified: true })).toContain('/deployments');
  expect(await accountsOf('links@example.com')).toEqual(['credential', 'github 140']);
  const later = await signInWithGitHub(rig, { id: 140, email: 'other@example.org', verified: true });
  expect(await later.browser.viewer()).toMatchObject({ email: 'links@example.com' });
});

test('a GitHub account with an unproven address is not linked', async () => {
  const browser = await signUp('unproven@example.com', true);
  const back = await beginGitHub(browser, 'link-social');
  expect(await back({ id: 150, email: 'unproven@example.com', verified: false })).toContain('error=');
  expect(await accountsOf('unproven@example.com')).toEqual(['credential']);
});

test('a GitHub account of one person is not linked to another', async () => {
  await signInWithGitHub(rig, { id: 160, email: 'first@example.com', verified: true });
  const second = await signUp('second@example.com', true);
  const back = await beginGitHub(second, 'link-social');
  expect(await back({ id: 160, email: 'first@example.com', verified: true })).toContain('error=');
  expect(await accountsOf('first@example.com')).toEqual(['github 160']);
  expect(await accountsOf('second@example.com')).toEqual(['credential']);
});

test('a link that was begun is not finished after its session has ended', async () => {
  const browser = await signUp('leaves@example.com', true);
  const back = await beginGitHub(browser, 'link-social');
  await browser.json('/api/auth/sign-out', {});
  expect(await back({ id: 170, email: 'leaves@example.com', verified: true })).toContain('error=');
  expect(await accountsOf('leaves@example.com')).toEqual(['credential']);
});

test('a link that was begun is not finished by the browser of another person', async () => {
  const attacker = await signUp('attacker@example.com', true);
  const victim = await signUp('victim@example.com', true);
  const back = await beginGitHub(attacker, 'link-social');
  expect(await back({ id: 180, email: 'victim@example.com', verified: true }, victim)).toContain('error=');
  expect(await accountsOf('attacker@example.com')).toEqual(['credential']);
  expect(await accountsOf('victim@example.com')).toEqual(['credential']);
});
