import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDeployment, openTestApp, type TestApp } from '../compose/app.testing.ts';
import { openBrowser } from './browser.testing.ts';

const CLIENT = { redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' };
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'; // RFC 7636, appendix B

let rig: TestApp;
beforeAll(async () => {
  rig = await openTestApp();
});
afterAll(() => rig?.close());

const signInWithLink = async (browser: ReturnType<typeof openBrowser>) => {
  const body = new URLSearchParams({ token: new URL(rig.app.signInUrl ?? '').searchParams.get('token') ?? '' });
  return (await browser.send('/sign-in', { method: 'POST', body })).headers.get('location');
};

test('returns a person to the consent page after signing in with a link, once', async () => {
  const { id } = await addDeployment(rig.prisma, rig.owner.id);
  await rig.prisma.deployment.update({ where: { id }, data: { access: 'OAUTH' } });
  const register = { method: 'POST', body: JSON.stringify(CLIENT) };
  const registered = await fetch(`${rig.origin}/oauth/${id}/register`, register);
  const { client_id: clientId } = (await registered.json()) as { client_id: string };
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: 'http://127.0.0.1:4000/cb',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });

  const browser = openBrowser(rig);
  const consent = (await browser.send(`/oauth/${id}/authorize?${query}`)).headers.get('location');
  expect(consent).toBe(`/oauth/${id}/consent?${query}`);
  expect(await signInWithLink(browser)).toBe(consent);
  expect(browser.cookie()).not.toContain('catwalk.return'); // once
});
