import { randomUUID } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { expect } from 'vitest';
import type { TestApp } from '../compose/app.testing.ts';

type Answer = { data?: Record<string, unknown> | null; errors?: { extensions?: { code?: string } }[] };

/** A browser as far as sign-in goes: it keeps cookies and says where its pages come from. */
export function openBrowser(rig: Pick<TestApp, 'origin'> & Partial<Pick<TestApp, 'prisma'>>, userAgent = 'Test/1.0') {
  const jar = new Map<string, string>();
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const send = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) => {
    const answer = await fetch(new URL(path, rig.origin), {
      redirect: 'manual',
      ...init,
      headers: { 'user-agent': userAgent, origin: rig.origin, cookie: cookie(), ...init.headers },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  const json = (path: string, body: object) =>
    send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  return {
    send,
    json,
    cookie,
    ask: async (query: string, variables: object = {}): Promise<Answer> =>
      (await (await json('/graphql', { query, variables })).json()) as Answer, // what GraphQL over HTTP answers
    useLink: async (url: string) => {
      const body = new URLSearchParams({ token: new URL(url).searchParams.get('token') ?? '' });
      expect((await send('/sign-in', { method: 'POST', body })).headers.get('location')).toBe('/');
    },
    /** Makes an account with a password, and signs in with it. */
    signUp: async (email: string, password: string, name = 'Person') => {
      if (!rig.prisma) throw new Error('Only a test on the same database can make an account.');
      const id = randomUUID();
      const account = {
        id: randomUUID(),
        accountId: id,
        providerId: 'credential',
        password: await hashPassword(password),
      };
      await rig.prisma.user.create({ data: { id, name, email, accounts: { create: account } } });
      return json('/api/auth/sign-in/email', { email, password });
    },
    signIn: (email: string, password: string) => json('/api/auth/sign-in/email', { email, password }),
    viewer: async () => {
      const answer = (await (await json('/graphql', { query: '{ viewer { id email role } }' })).json()) as Answer;
      return (answer.data?.['viewer'] ?? null) as { id: string; email: string; role: string } | null; // the query above
    },
  };
}

export type Browser = ReturnType<typeof openBrowser>;

/** Variables of a server for many people. Nothing is at the address of its machines: no test here deploys. */
export const MANY_PEOPLE = {
  MACHINES: 'fly',
  FLY_API_TOKEN: 'fly-token',
  FLY_MCP_IMAGE: 'registry.fly.io/catwalk-host:test',
  FLY_MCP_APP_NAME: 'catwalk-test',
  FLY_API_BASE_URL: 'http://127.0.0.1:9',
};
