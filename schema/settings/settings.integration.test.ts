import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLocalMachines, type LocalMachines } from '#deploy/local/local-machines.ts';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';

const GITHUB = 'ghp_own0000000000000000000000000abcd';
const OPENROUTER = 'sk-or-v1-own000000000000000000000000wxyz';
const FLY = 'FlyV1 fm2_own0000000000000000000000acme';
const PLATFORM = 'fm2_platform00000000000000000000plat';
const REGISTRY = 'registry-token-0000';
/** Nothing that is kept, answered or written down may hold one of these. */
const SENTINELS = [REGISTRY, GITHUB, OPENROUTER, FLY, FLY.slice(6), PLATFORM];

let rig: TestApp;
let fly: LocalMachines;
let services: Server;
let dataDir: string;
/** The response of the stand-in for GitHub and OpenRouter: null for that of the real ones. */
let outage: number | null = null;
let ann: { id: string; token: string };
let admin: string;
let registryHost: string;
let alertsReceived = 0;

beforeAll(async () => {
  services = createServer((request, response) => {
    const key = request.headers.authorization?.replace('Bearer ', '');
    const answer = (status: number, json: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    if (outage !== null) return answer(outage, {});
    if (request.url === '/hook') {
      alertsReceived += 1;
      return response.writeHead(204).end();
    }
    if (request.url === '/user') return key === GITHUB ? answer(200, { login: 'ann' }) : answer(401, {});
    if (request.url === '/v2/')
      return request.headers.authorization === `Basic ${Buffer.from(`ann:${REGISTRY}`).toString('base64')}`
        ? answer(200, {})
        : response.writeHead(401, { 'www-authenticate': 'Basic realm="images"' }).end();
    if (request.url === '/key') return key === OPENROUTER ? answer(200, { data: { label: 'mine' } }) : answer(401, {});
    answer(404, {});
  });
  await new Promise<void>((resolve) => services.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(services.address() as AddressInfo).port}`; // it listens on TCP
  dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-settings-'));
  fly = await createLocalMachines({
    dataDir,
    cacheDir: path.join(dataDir, 'cache'),
    port: 0,
    token: PLATFORM,
    organizationTokens: { acme: FLY.slice(6), globex: 'fm2_globex' },
    apps: [],
  });
  rig = await openTestApp({
    MACHINES: 'fly',
    FLY_API_TOKEN: PLATFORM,
    FLY_API_BASE_URL: fly.baseUrl,
    FLY_MCP_IMAGE: 'registry.example/host:1',
    GITHUB_API_URL: url,
    OPENROUTER_BASE_URL: url,
    IMAGE_REGISTRIES_TRUSTED: url,
    ALERT_ORIGINS_TRUSTED: `https://hooks.slack.com,${url}`,
  });
  registryHost = new URL(url).host;
  ann = await rig.addUser('ann');
  admin = (await rig.tokenFor(rig.owner.id)).token;
});
afterAll(async () => {
  await rig?.close();
  await fly?.close();
  services?.close();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  outage = null;
  await rig.prisma.serviceKey.deleteMany();
  await rig.prisma.installationSettings.deleteMany();
});

const SETTINGS = `fragment S on Settings {
  fly { source masked problem organization app appPending heldBy inUse }
  openRouter { source masked problem account }
  registries { source masked problem account }
  gitHub { source masked problem account checkedAt }
  installation { signUp { mode allowed } quotas { machines analysesPerDay modelUsdPerMonth } webhook { url } }
}`;

const update = async (input: object, token = ann.token) => {
  const query = `mutation ($input: UpdateSettingsInput!) { it: updateSettings(input: $input) {
    __typename ... on Settings { ...S } ... on UserError { code message hint retryable }
    ... on InvalidInputError { fields { field } } } } ${SETTINGS}`;
  const { data, errors } = await rig.ask(token, query, { input });
  expect(errors).toBeUndefined();
  return data?.['it'] as Record<string, unknown>;
};
const read = async (token = ann.token) =>
  (await rig.ask(token, `query { it: settings { ...S } } ${SETTINGS}`)).data?.['it'] as Record<string, unknown>;

describe('keys', () => {
  test('a key is checked, kept sealed, shown masked, used instead of the platform’s, and removed at will', async () => {
    expect(await read()).toMatchObject({
      fly: { source: 'PLATFORM', masked: null },
      openRouter: { source: 'NONE' },
      gitHub: { source: 'NONE' },
    });
    expect(await update({ gitHubToken: GITHUB, openRouterKey: ` ${OPENROUTER}\n` })).toMatchObject({
      __typename: 'Settings',
      openRouter: { source: 'OWN', masked: '••••wxyz', account: 'mine', problem: null },
      gitHub: { source: 'OWN', masked: '••••abcd', account: 'ann', problem: null },
    });
    const rows = await rig.prisma.serviceKey.findMany();
    expect(rows).toHaveLength(2);
    for (const sentinel of SENTINELS) expect(JSON.stringify(rows)).not.toContain(sentinel);
    expect(await update({ gitHubToken: null })).toMatchObject({
      openRouter: { source: 'OWN' },
      gitHub: { source: 'NONE', masked: null },
    });
  });

  test('logins of registries are tried at each of them, and kept sealed', async () => {
    const refused = await update({ registryLogins: `ann:wrong@${registryHost}` });
    expect(refused).toMatchObject({
      fields: [{ field: 'registryLogins' }],
      message: expect.stringContaining(registryHost),
    });
    expect(await update({ registryLogins: registryHost })).toMatchObject({ fields: [{ field: 'registryLogins' }] });
    expect(await update({ registryLogins: `ann:${REGISTRY}@${registryHost}` })).toMatchObject({
      registries: { source: 'OWN', account: registryHost, problem: null },
    });
    const rows = await rig.prisma.serviceKey.findMany();
    for (const sentinel of SENTINELS) expect(JSON.stringify(rows)).not.toContain(sentinel);
    expect(await update({ registryLogins: null })).toMatchObject({ registries: { source: 'NONE' } });
  });

  test('names a key that its service refuses, and stores no key of that change', async () => {
    expect(await update({ gitHubToken: GITHUB, openRouterKey: 'sk-or-wrong' })).toMatchObject({
      __typename: 'InvalidInputError',
      fields: [{ field: 'openRouterKey' }],
    });
    expect(await rig.prisma.serviceKey.count()).toBe(0);
  });

  test.each(['', ' ', 'two words', 'a\u0000b', 'x'.repeat(10_001)])(
    'rejects the malformed key %j without a request to its service',
    async (key) => {
      outage = 500;
      expect(await update({ gitHubToken: key })).toMatchObject({ fields: [{ field: 'gitHubToken' }] });
    },
  );

  test('a service that is away makes nothing wrong and changes nothing', async () => {
    await update({ gitHubToken: GITHUB });
    outage = 503;
    expect(await update({ gitHubToken: 'ghp_other' })).toMatchObject({
      __typename: 'UpstreamError',
      code: 'SERVICE_UNREACHABLE',
      retryable: true,
    });
    outage = null;
    expect(await read()).toMatchObject({ gitHub: { source: 'OWN', masked: '••••abcd' } });
  });

  test('reports a key that stopped working when it is checked again', async () => {
    const check = async () =>
      (
        await rig.ask(
          ann.token,
          `mutation { it: checkServiceKey(service: GITHUB) { __typename ... on Settings { gitHub { problem source } } } }`,
        )
      ).data?.['it'];
    expect(await check()).toMatchObject({ __typename: 'NotFoundError' });
    await update({ gitHubToken: GITHUB });
    outage = 401;
    expect(await check()).toMatchObject({ gitHub: { source: 'OWN', problem: 'GitHub does not accept this token.' } });
    outage = null;
    expect(await check()).toMatchObject({ gitHub: { problem: null } });
  });

  test('hides the keys of other users, from the administrator too', async () => {
    await update({ gitHubToken: GITHUB });
    expect(await read(admin)).toMatchObject({ gitHub: { source: 'NONE', masked: null, account: null } });
    expect(await rig.ask(null, '{ settings { gitHub { source } } }')).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('cannot decrypt a key as another user or for another service', async () => {
    await update({ gitHubToken: GITHUB });
    const bob = await rig.addUser('bob');
    const { userId: _, ...row } = await rig.prisma.serviceKey.findFirstOrThrow();
    await rig.prisma.serviceKey.create({ data: { ...row, userId: bob.id, facts: row.facts ?? {} } });
    const query = 'mutation { checkServiceKey(service: GITHUB) { __typename } }';
    const { errors } = await rig.ask(bob.token, query);
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
    expect(JSON.stringify(errors)).not.toContain(GITHUB);
  });

  test('the audit trail names the change and holds no key', async () => {
    await update({ gitHubToken: GITHUB, openRouterKey: null });
    const [entry] = await rig.prisma.auditEvent.findMany({
      where: { type: 'settings.updated' },
      orderBy: { id: 'desc' },
    });
    expect(entry).toMatchObject({ ownerId: ann.id, data: { changed: ['gitHubToken', 'openRouterKey'] } });
  });
});

describe('a Fly token', () => {
  test('returns the organization of the token, and an app named by Catwalk', async () => {
    expect(await update({ flyToken: FLY })).toMatchObject({
      fly: { source: 'OWN', masked: '••••acme', organization: 'acme', appPending: true, heldBy: [], inUse: true },
    });
    const { fly: view } = (await read()) as { fly: { app: string } };
    expect(view.app).toMatch(/^catwalk-[0-9a-f]{20}$/);
  });

  test('is refused for an organization that is not its own, and for apps of others', async () => {
    expect(await update({ flyToken: 'fm2_nobody' })).toMatchObject({ fields: [{ field: 'flyToken' }] });
    expect(await update({ flyToken: FLY, flyOrganization: 'globex' })).toMatchObject({
      fields: [{ field: 'flyToken' }],
    });
    expect(await update({ flyToken: FLY, flyApp: 'Not An App' })).toMatchObject({ fields: [{ field: 'flyApp' }] });
    expect(await update({ flyApp: 'mcp' })).toMatchObject({ fields: [{ field: 'flyToken' }] });
  });

  test('stays while deployments run with it, which are named; a new token of the same app is welcome', async () => {
    await update({ flyToken: FLY });
    const { fly: view } = (await read()) as { fly: { app: string } };
    const { id: deploymentId, releaseId } = await addDeployment(rig.prisma, ann.id, 'Weather');
    await rig.prisma.machine.create({
      data: { deploymentId, releaseId, app: view.app, name: 'm', configHash: '', machineId: '1', region: 'ams' },
    });
    for (const change of [{ flyToken: null }, { flyApp: 'another-app' }]) {
      expect(await update(change)).toMatchObject({
        __typename: 'ConflictError',
        message: expect.stringMatching(/^Weather runs in your Fly app/),
      });
    }
    expect(await read()).toMatchObject({ fly: { source: 'OWN', app: view.app, heldBy: ['Weather'] } });
    // The app is not there yet, so no check can show that the token reaches the machines in it.
    expect(await update({ flyToken: FLY })).toMatchObject({ __typename: 'ConflictError' });
    await rig.prisma.deployment.delete({ where: { id: deploymentId } });
    expect(await update({ flyToken: null })).toMatchObject({ fly: { source: 'PLATFORM' } });
  });
});

describe('what holds for everybody', () => {
  const hidden = { signUp: { mode: 'CLOSED' } };

  test('is the administrator’s alone', async () => {
    expect((await read()).installation).toBeNull();
    for (const change of [hidden, { quotas: { machines: 1 } }, { webhook: null }]) {
      expect(await update(change)).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await rig.prisma.installationSettings.count()).toBe(0);
  });

  test('has defaults, is changed field by field, and goes back to them', async () => {
    const defaults = { machines: 20, analysesPerDay: 200, modelUsdPerMonth: 5 };
    expect(await read(admin)).toMatchObject({
      installation: { signUp: { mode: 'CLOSED', allowed: [] }, quotas: defaults, webhook: null },
    });
    await update({ quotas: { machines: 3 } }, admin);
    await update({ quotas: { modelUsdPerMonth: 0.5 } }, admin);
    expect(await read(admin)).toMatchObject({
      installation: { quotas: { machines: 3, analysesPerDay: 200, modelUsdPerMonth: 0.5 } },
    });
    await update({ quotas: null }, admin);
    expect(await read(admin)).toMatchObject({ installation: { quotas: defaults } });
    expect(await update({ quotas: { machines: -1, modelUsdPerMonth: 1e9 } }, admin)).toMatchObject({
      fields: [{ field: 'quotas.machines' }, { field: 'quotas.modelUsdPerMonth' }],
    });
  });

  test('sign-up is limited to addresses and domains, however they are written', async () => {
    const allowed = [' Ann@Example.com ', 'acme.test', '@globex.test', 'acme.test', ''];
    expect(await update({ signUp: { mode: 'LIMITED', allowed } }, admin)).toMatchObject({
      installation: { signUp: { mode: 'LIMITED', allowed: ['ann@example.com', '@acme.test', '@globex.test'] } },
    });
    for (const wrong of [[], ['nobody'], ['a@b@c.de'], ['@']]) {
      expect(await update({ signUp: { mode: 'LIMITED', allowed: wrong } }, admin)).toMatchObject({
        fields: [{ field: 'signUp.allowed' }],
      });
    }
  });

  test.each([
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://2130706433/',
    'https://localhost/',
    'https://name:password@8.8.8.8/',
    'https://no-such-host.invalid/',
    'nothing',
  ])('alerts never go to %s', async (url) => {
    const secret = Buffer.alloc(32, 1).toString('base64');
    expect(await update({ webhook: { url, secret } }, admin)).toMatchObject({ fields: [{ field: 'webhook.url' }] });
  });

  test('the address of a chat is kept sealed, shown without its secret part, and needs no secret', async () => {
    const url = 'https://hooks.slack.com/services/T000/B000/abcdefghij';
    const webhook = { url: 'https://hooks.slack.com/services/••••' };
    expect(await update({ webhook: { url } }, admin)).toMatchObject({ installation: { webhook } });
    expect(JSON.stringify(await rig.prisma.installationSettings.findMany())).not.toContain('abcdefghij');
    // what is kept is an address, and signs nothing
    const other = await update({ webhook: { url: 'https://8.8.8.8/hook' } }, admin);
    expect(other).toMatchObject({ fields: [{ field: 'webhook.secret' }] });
  });

  test('a test alert goes to an origin that the operator trusts, and tells when it does not arrive', async () => {
    const secret = Buffer.alloc(32, 1).toString('base64');
    const { port } = services.address() as AddressInfo; // it listens on TCP
    const send = async (token: string) => {
      const query = `mutation { it: sendTestAlert { __typename ... on UserError { code message } } }`;
      return (await rig.ask(token, query)).data?.['it'];
    };
    expect(await send(admin)).toMatchObject({ code: 'NOT_FOUND' });
    await update({ webhook: { url: `http://127.0.0.1:${port}/hook`, secret } }, admin);
    expect(await send(ann.token)).toMatchObject({ code: 'FORBIDDEN' });
    expect(alertsReceived).toBe(0);
    expect(await send(admin)).toMatchObject({ __typename: 'Settings' });
    expect(alertsReceived).toBe(1);
    await update({ webhook: { url: `http://127.0.0.1:${port}/nowhere`, secret } }, admin);
    expect(await send(admin)).toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: expect.stringContaining('It answered 404'),
    });
  });

  test('a webhook needs a secret, which is kept sealed and never shown', async () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const url = 'https://8.8.8.8/hook';
    expect(await update({ webhook: { url } }, admin)).toMatchObject({ fields: [{ field: 'webhook.secret' }] });
    expect(await update({ webhook: { url, secret: 'short' } }, admin)).toMatchObject({
      fields: [{ field: 'webhook.secret' }],
    });
    expect(await update({ webhook: { url, secret } }, admin)).toMatchObject({ installation: { webhook: { url } } });
    expect(await update({ webhook: { url: 'https://8.8.4.4/' } }, admin)).toMatchObject({
      installation: { webhook: { url: 'https://8.8.4.4/' } },
    });
    expect(JSON.stringify(await rig.prisma.installationSettings.findMany())).not.toContain(secret.slice(6));
    expect(await update({ webhook: null }, admin)).toMatchObject({ installation: { webhook: null } });
    expect(await rig.prisma.installationSettings.findFirst()).toMatchObject({ webhookSecret: null });
  });
});
