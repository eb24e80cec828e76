import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, openBrowser } from '#server/http/browser.testing.ts';
import { type CliRig, openCliRig } from './rig.ts';
import { catwalk, type RunOptions, startCatwalk } from './run-catwalk.ts';

let rig: CliRig;
let browser: Browser;

const here = (): RunOptions => ({ cwd: rig.folder, env: { CATWALK_DATA_DIR: join(rig.folder, 'data') } });
/** Another computer, as far as files tell. */
const elsewhere = (config: string): RunOptions => ({
  cwd: rig.folder,
  env: { CATWALK_DATA_DIR: join(rig.folder, 'none'), XDG_CONFIG_HOME: join(rig.folder, config) },
});
const loginFile = (config: string) => join(rig.folder, config, 'catwalk', 'login.json');

beforeAll(async () => {
  rig = await openCliRig();
  browser = openBrowser({ origin: rig.url });
});
afterAll(() => rig?.close());

test('on the server’s own computer it prints a link that signs in, once', async () => {
  const { stdout, code } = await catwalk(['login'], here());
  expect(code).toBe(0);
  const link = /http:\S+\/sign-in\?token=\S+/.exec(stdout)?.[0] ?? '';
  await browser.useLink(link);
  expect(await browser.viewer()).toMatchObject({ role: 'ADMIN' });
  const again = await browser.send('/sign-in', {
    method: 'POST',
    body: new URLSearchParams({ token: new URL(link).searchParams.get('token') ?? '' }),
  });
  expect(again.headers.get('location')).toBe('/sign-in?error=used');
});

test('no other token gets a sign-in link, not even one of the same owner', async () => {
  const make = 'mutation { createApiToken(input: { name: "x" }) { ... on ApiTokenPayload { token } } }';
  const made = (await browser.ask(make)).data?.['createApiToken'] as { token: string }; // the mutation above
  const answer = await fetch(`${rig.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${made.token}` },
    body: JSON.stringify({ query: 'mutation { createSignInLink { __typename ... on UserError { code } } }' }),
  });
  expect(await answer.json()).toEqual({
    data: { createSignInLink: { __typename: 'GenericUserError', code: 'FORBIDDEN' } },
  });
});

test('stores a token for another server after a person allows it in a browser', async () => {
  const login = startCatwalk(['login', '--server', rig.url, '--read-only'], elsewhere('let-in'));
  await login.until(({ stderr }) => /Waiting/.test(stderr));
  const [, page = '', code = ''] = /Open (\S+)#([A-Z]{4}-[A-Z]{4})/.exec(login.stderr()) ?? [];
  expect(page).toBe(`${rig.url}/device`);
  expect((await browser.ask(`{ deviceLogin(code: "${code.toLowerCase()}") { address scope } }`)).data).toEqual({
    deviceLogin: { address: '127.0.0.1', scope: 'READ' },
  });
  const allow = `mutation { allowDevice(input: { code: "${code}", scope: WRITE, days: 7 }) { __typename } }`;
  expect((await browser.ask(allow)).data).toEqual({ allowDevice: { __typename: 'DeviceAnswerPayload' } });
  const { code: exitCode, stdout } = await login.ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('Logged in to') });
  const kept = await readFile(loginFile('let-in'), 'utf8');
  const token = (JSON.parse(kept) as { servers: { token: string }[] }).servers[0]?.token ?? ''; // what login keeps
  expect(token).toMatch(/^cw_/);
  expect(stdout).not.toContain(token);
  expect((await stat(loginFile('let-in'))).mode & 0o777).toBe(0o600);
  expect(await catwalk(['ls', '--json'], elsewhere('let-in'))).toMatchObject({ code: 0 });
  const tokens = (await browser.ask('{ viewer { apiTokens { name scope expiresAt } } }')).data?.['viewer'];
  expect(tokens).toMatchObject({
    apiTokens: expect.arrayContaining([
      { name: expect.stringMatching(/^CLI on /), scope: 'READ', expiresAt: expect.any(String) },
    ]),
  });
  expect((await browser.ask(allow)).data, 'a code works once').toEqual({
    allowDevice: { __typename: 'NotFoundError' },
  });
});

test('stores nothing when access is denied', async () => {
  const login = startCatwalk(['login', '--server', rig.url], elsewhere('turned-away'));
  await login.until(({ stderr }) => /Waiting/.test(stderr));
  const code = /#([A-Z]{4}-[A-Z]{4})/.exec(login.stderr())?.[1];
  await browser.ask(`mutation { denyDevice(code: "${code}") { __typename } }`);
  expect(await login.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Access was denied') });
  await expect(stat(loginFile('turned-away'))).rejects.toThrow('ENOENT');
});

test('keeps a token from standard input, beside those of other servers', async () => {
  const { token } = JSON.parse(await readFile(join(rig.folder, 'data', 'cli.json'), 'utf8'));
  expect(await catwalk(['ls'], elsewhere('given'))).toMatchObject({ code: 1 });
  const other = rig.url.replace('localhost', '127.0.0.1');
  for (const url of [other, rig.url]) {
    const login = await catwalk(['login', '--server', url, '--with-token'], {
      ...elsewhere('given'),
      input: `${token}\n`,
    });
    expect(login).toMatchObject({ code: 0, stderr: '' });
    expect(login.stdout).not.toContain(token);
  }
  const kept = JSON.parse(await readFile(loginFile('given'), 'utf8')) as { servers: { url: string }[] };
  expect(kept.servers.map(({ url }) => url)).toEqual([rig.url, other]);
  expect(await catwalk(['ls', '--json'], elsewhere('given'))).toMatchObject({ code: 0 });
});

test('refuses a token that the server does not accept', async () => {
  expect(await catwalk(['login', '--server', rig.url, '--token', 'cw_wrong'], elsewhere('wrong'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('does not accept this token'),
  });
});
