import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { removeDeletedMembers } from '#server/domain/members/deleted-members.ts';
import { addDeployment, openTestApp, type TestApp } from '../compose/app.testing.ts';
import { type Browser, MANY_PEOPLE, openBrowser } from './browser.testing.ts';

const PASSWORD = 'correct horse battery';
const RESULT = '... on UserError { code message hint }';

/** A mail server that accepts everything; resolves readers with each message. */
async function openMailbox() {
  const messages: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: async (stream, _session, done) => {
      const message = (await stream.toArray()).join('').replaceAll('=\r\n', '').replaceAll('=3D', '=');
      const next = waiting.shift();
      if (next) next(message);
      else messages.push(message);
      done();
    },
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.server.once('listening', resolve));
  const { port } = server.server.address() as AddressInfo; // it listens on TCP
  return {
    url: `smtp://127.0.0.1:${port}`,
    next: () => {
      const message = messages.shift();
      return message === undefined ? new Promise<string>((resolve) => waiting.push(resolve)) : Promise.resolve(message);
    },
    count: () => messages.length,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

let rig: TestApp;
let mailbox: Awaited<ReturnType<typeof openMailbox>>;
let administrator: Browser;
beforeAll(async () => {
  mailbox = await openMailbox();
  rig = await openTestApp({ ...MANY_PEOPLE, SMTP_URL: mailbox.url });
  administrator = openBrowser(rig);
  await administrator.useLink(rig.app.signInUrl ?? '');
});
afterAll(async () => {
  await rig?.close();
  await mailbox?.close();
});
afterEach(async () => {
  await rig.prisma.signInAttempts.deleteMany();
  await rig.prisma.installationSettings.deleteMany();
});

const run = async (browser: Browser, field: string) => {
  const { data, errors } = await browser.ask(`mutation { it: ${field} }`);
  expect(errors).toBeUndefined();
  return data?.['it'] as Record<string, unknown>; // the field above
};
const invite = async (email: string) => {
  const payload = await run(
    administrator,
    `inviteMember(input: { email: "${email}" }) { ... on MemberLinkPayload { link { url } member { id status name } } ${RESULT} }`,
  );
  return payload as { link: { url: string }; member: { id: string; status: string; name: string } };
};
const statusOf = async (id: string) => {
  const { data } = await administrator.ask('{ members { edges { node { id status deployments } } } }');
  const members = data?.['members'] as { edges: { node: { id: string; status: string } }[] } | undefined; // the query above
  return members?.edges.find(({ node }) => node.id === id)?.node.status ?? null;
};
const openLink = (browser: Browser, url: string) =>
  browser.send('/sign-in', {
    method: 'POST',
    body: new URLSearchParams({ token: new URL(url).searchParams.get('token') ?? '' }),
  });
const linkIn = (message: string) => /http:\/\/\S+\/sign-in\?token=[\w-]+/.exec(message)?.[0] ?? '';

test('an invited person signs in with the link, sets a password and is a member', async () => {
  const { link, member } = await invite('Ann@Example.com');
  expect(member).toMatchObject({ status: 'INVITED', name: 'ann' });
  const ann = openBrowser(rig);
  await ann.useLink(link.url);
  expect(await ann.viewer()).toMatchObject({ id: member.id, email: 'ann@example.com', role: 'MEMBER' });
  expect(await statusOf(member.id)).toBe('ACTIVE');
  expect(
    await run(ann, `changePassword(input: { newPassword: "${PASSWORD}" }) { ... on Viewer { hasPassword } ${RESULT} }`),
  ).toEqual({ hasPassword: true });
  expect((await openBrowser(rig).signIn('ann@example.com', PASSWORD)).status).toBe(200);
  expect(await run(administrator, `inviteMember(input: { email: "ann@example.com" }) { ${RESULT} }`)).toMatchObject({
    code: 'CONFLICT',
    hint: 'Create a sign-in link for it instead.',
  });
});

test('a person who forgot the password sets a new one with a link of the administrator, and only shortly after', async () => {
  const user = openBrowser(rig);
  await user.signUp('forgets@example.com', PASSWORD);
  const { id = '' } = (await user.viewer()) ?? {};
  const change = (browser: Browser, next: string) =>
    run(browser, `changePassword(input: { newPassword: "${next}" }) { ... on Viewer { id } ${RESULT} }`);
  expect(await change(user, 'another password'), 'a password session').toMatchObject({ code: 'INVALID_INPUT' });
  const payload = await run(
    administrator,
    `createMemberLink(id: "${id}") { ... on MemberLinkPayload { link { url } } }`,
  );
  const again = openBrowser(rig);
  await again.useLink((payload['link'] as { url: string }).url);
  expect(await change(again, 'another password')).toEqual({ id });
  expect(await user.viewer(), 'other browsers are signed out').toBeNull();
  expect((await openBrowser(rig).signIn('forgets@example.com', 'another password')).status).toBe(200);
  await rig.prisma.session.updateMany({
    where: { userId: id, method: 'link' },
    data: { createdAt: new Date(Date.now() - 16 * 60_000) },
  });
  expect(await change(again, 'a third password')).toMatchObject({ code: 'INVALID_INPUT' });
  const trail = await rig.prisma.auditEvent.findMany({ where: { type: 'member.link-created' } });
  expect(trail.map(({ ownerId }) => ownerId).sort()).toEqual([rig.owner.id, id].sort());
});

test('a locked member is signed out, refused on every way in, and has no machine running', async () => {
  const member = openBrowser(rig);
  await member.signUp('locked@example.com', PASSWORD);
  const { id = '' } = (await member.viewer()) ?? {};
  const { token } = await rig.tokenFor(id);
  const { id: deploymentId } = await addDeployment(rig.prisma, id);
  const source = { source: 'weather-mcp', normalizedSource: 'weather-mcp', expiresAt: new Date(Date.now() + 60_000) };
  const trial = { create: { ownerId: id, leaseUntil: new Date(Date.now() + 60_000) } };
  const { trials } = await rig.prisma.analysis.create({
    data: { ownerId: id, status: 'DONE', ...source, trials: trial },
    select: { trials: { select: { id: true } } },
  });
  const unused = await run(
    administrator,
    `createMemberLink(id: "${id}") { ... on MemberLinkPayload { link { url } } }`,
  );
  expect(await run(administrator, `lockMember(id: "${id}") { ... on Member { status } ${RESULT} }`)).toEqual({
    status: 'LOCKED',
  });
  expect(await member.viewer()).toBeNull();
  expect((await rig.ask(token, '{ viewer { id } }')).data).toEqual({ viewer: null });
  const refused = await openBrowser(rig).signIn('locked@example.com', PASSWORD);
  expect({ status: refused.status, body: await refused.json() }).toMatchObject({
    status: 403,
    body: { code: 'account_locked' },
  });
  const link = (unused['link'] as { url: string }).url;
  expect((await openLink(openBrowser(rig), link)).headers.get('location')).toBe('/sign-in?error=invalid');
  const deployment = await rig.prisma.deployment.findUniqueOrThrow({ where: { id: deploymentId } });
  expect(deployment.desired).toBe('STOPPED');
  const [ended] = await rig.prisma.trial.findMany({ where: { id: trials[0]?.id ?? '' } });
  expect(ended?.status, 'a trial of a locked member').toBe('FAILED');

  await run(administrator, `unlockMember(id: "${id}") { ... on Member { status } }`);
  expect((await openBrowser(rig).signIn('locked@example.com', PASSWORD)).status).toBe(200);
  expect((await rig.ask(token, '{ viewer { id } }')).data).toEqual({ viewer: { id } });
});

test('a deleted member is shut out at once, and the account goes with the last deployment', async () => {
  const member = openBrowser(rig);
  await member.signUp('leaves@example.com', PASSWORD);
  const { id = '' } = (await member.viewer()) ?? {};
  const { id: deploymentId, releaseId } = await addDeployment(rig.prisma, id);
  const machine = { app: 'catwalk-test', name: 'm', configHash: '', machineId: '148e4ddc', region: 'ams' };
  await rig.prisma.machine.create({ data: { ...machine, deploymentId, releaseId } }); // its absence cannot be confirmed
  expect(await run(member, `deleteAccount { ${RESULT} }`), 'without the password').toMatchObject({
    code: 'INVALID_INPUT',
  });
  expect(await run(member, `deleteAccount(currentPassword: "${PASSWORD}") { __typename ${RESULT} }`)).toEqual({
    __typename: 'DeleteMemberPayload',
  });
  expect(await member.viewer()).toBeNull();
  expect(await statusOf(id)).toBe('DELETING');
  expect(await removeDeletedMembers(rig), 'a machine may still run').toBe(0);
  const deployment = await rig.prisma.deployment.findUniqueOrThrow({ where: { id: deploymentId } });
  expect(deployment).toMatchObject({ desired: 'DELETED', status: 'DELETING' });
  expect(await run(administrator, `unlockMember(id: "${id}") { ${RESULT} }`)).toMatchObject({ code: 'NOT_FOUND' });
  await rig.prisma.deployment.delete({ where: { id: deploymentId } });
  expect(await removeDeletedMembers(rig)).toBe(1);
  expect(await statusOf(id)).toBeNull();
});

test('the administrator can be neither locked nor deleted', async () => {
  for (const field of ['lockMember', 'deleteMember', 'createMemberLink']) {
    expect(await run(administrator, `${field}(id: "${rig.owner.id}") { ${RESULT} }`)).toMatchObject({
      code: 'NOT_FOUND',
    });
  }
  expect(await run(administrator, `deleteAccount { ${RESULT} }`)).toMatchObject({ code: 'FORBIDDEN' });
});

test('members see neither the list nor the actions, and an API token makes no link', async () => {
  const { token } = await rig.addUser('mallory');
  expect(await rig.ask(token, '{ members { edges { node { id } } } }')).toMatchObject({
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
  const inviteOne = `mutation { it: inviteMember(input: { email: "x@example.com" }) { ${RESULT} } }`;
  expect((await rig.ask(token, inviteOne)).data).toMatchObject({ it: { code: 'FORBIDDEN' } });
  const { token: adminToken } = await rig.tokenFor(rig.owner.id);
  await rig.prisma.user.findUniqueOrThrow({ where: { id: rig.owner.id } });
  expect((await rig.ask(adminToken, inviteOne)).data).toMatchObject({
    it: { code: 'FORBIDDEN', message: 'An API token may not do this.' },
  });
});

test('a mailed link signs in, proves the address and works beside the link of the administrator', async () => {
  const { link, member } = await invite('mailed@example.com');
  const answer = await openBrowser(rig).json('/api/auth/sign-in/mail', { email: 'Mailed@example.com' });
  expect(await answer.json()).toEqual({ requested: true });
  const message = await mailbox.next();
  expect(message).toContain('To: mailed@example.com');
  const browser = openBrowser(rig);
  await browser.useLink(linkIn(message));
  expect(await browser.viewer()).toMatchObject({ id: member.id });
  expect((await rig.prisma.user.findUniqueOrThrow({ where: { id: member.id } })).emailVerified).toBe(true);
  await openBrowser(rig).useLink(link.url);
});

test('a mailed link makes an account only while the sign-up rule allows the address', async () => {
  await rig.prisma.installationSettings.create({
    data: { id: 'installation', signUp: 'LIMITED', signUpAllowed: ['@example.org'] },
  });
  await openBrowser(rig).json('/api/auth/sign-in/mail', { email: 'new@example.org' });
  const first = linkIn(await mailbox.next());
  const browser = openBrowser(rig);
  await browser.useLink(first);
  expect(await browser.viewer()).toMatchObject({ email: 'new@example.org', role: 'MEMBER' });

  await openBrowser(rig).json('/api/auth/sign-in/mail', { email: 'late@example.org' });
  const late = linkIn(await mailbox.next());
  await rig.prisma.installationSettings.updateMany({ data: { signUp: 'CLOSED' } });
  expect((await openLink(openBrowser(rig), late)).headers.get('location')).toBe('/sign-in?error=sign_up_refused');
});

test('the request for a mail is answered the same for every address, and sends nothing to strangers', async () => {
  await rig.addUser('known');
  const answers = await Promise.all(
    ['known@example.com', 'stranger@example.com', 'not an address'].map(async (email) => {
      const answer = await openBrowser(rig).json('/api/auth/sign-in/mail', { email });
      return { status: answer.status, body: await answer.text() };
    }),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await mailbox.next()).toContain('To: known@example.com');
  expect(mailbox.count()).toBe(0);
  expect(await rig.prisma.signInLink.count({ where: { email: 'stranger@example.com' } })).toBe(0);
});
