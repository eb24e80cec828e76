import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestHost } from '#deploy/host/test-rig.ts';
import { addDeployment, openTestApp } from '#server/compose/app.testing.ts';
import { type App, createApp } from '#server/compose/app.ts';
import { saveCredentialSet } from '#server/domain/credentials/credential-set.ts';
import { credentialField } from '#server/domain/deployments/rows/credential-field.testing.ts';
import { readEnv } from '#server/env.ts';
import { type Browser, MANY_PEOPLE, openBrowser } from '#server/http/browser.testing.ts';
import { createLog } from '#server/logging/log.ts';
import { createRawClient, jsonOf, type RawClient, type Tokens } from '../oauth/raw-client.ts';
import { decide, redirectOf } from '../oauth/rig.ts';

const SERVER = fileURLToPath(new URL('./accounts-server.ts', import.meta.url));
const CALLBACK = 'https://client.example/cb';
const PASSWORD = 'correct horse battery';
export const FIELD = 'ACCOUNT_TOKEN';

const field = credentialField(FIELD, {
  label: 'Account token',
  pattern: '[A-Za-z0-9-]+',
  helpUrl: 'https://accounts.example/tokens',
});

/** The service behind the server: each key opens one account. */
async function openAccounts() {
  const calls = new Map<string, number>();
  const server = createServer((req, res) => {
    const key = (req.headers.authorization ?? '').replace('Bearer ', '');
    calls.set(key, (calls.get(key) ?? 0) + 1);
    res.end(`account of ${key}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () => new Promise((done) => void server.close(done).closeAllConnections()),
  };
}

/** A server for many people with a deployment of which each has an own key, at two instances, with a real host. */
export async function openPersonalRig(
  variables: Record<string, string> = {},
  options: Parameters<typeof openTestApp>[1] = {},
) {
  await using opened = new AsyncDisposableStack();
  const accounts = await openAccounts();
  opened.defer(() => accounts.close().then(() => {}));
  const startHost = (port = 0) =>
    startTestHost(
      {
        personal: true,
        isolation: 'SHARED',
        package: { runtime: 'command', command: 'node', args: [SERVER] },
        env: { ACCOUNTS_URL: accounts.url },
        secrets: [],
      },
      { port },
    );
  let host = await startHost();
  opened.defer(() => host.close({ drainMs: 0 }));
  const rig = await openTestApp({ ...MANY_PEOPLE, RATE_LIMIT_PER_MINUTE: '100000', ...variables }, options);
  opened.defer(rig.close);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-second-'));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const second: App = await createApp({
    env: readEnv({
      ...MANY_PEOPLE,
      PORT: '0',
      PUBLIC_URL: rig.app.url,
      CATWALK_DATA_DIR: dataDir,
      LOG_LEVEL: 'silent',
    }),
    log: createLog('silent'),
    environment: {},
    storage: rig.storage,
  });
  opened.defer(() => second.close());

  const signUp = async (name: string) => {
    const browser = openBrowser(rig);
    await browser.signUp(`${name}@example.com`, PASSWORD, name);
    const viewer = await browser.viewer();
    if (!viewer) throw new Error('The caller is signed out.');
    return { name, browser, id: viewer.id };
  };
  const owner = await signUp('owner');
  const { prisma, storage } = rig;
  const { id, releaseId } = await addDeployment(prisma, owner.id, 'Accounts');
  const hostToken = await storage.envelopes.seal('not asked for', {
    purpose: 'host-token',
    subject: releaseId,
    version: 1,
  });
  await prisma.release.update({ where: { id: releaseId }, data: { hostToken, personalFields: [FIELD] } });
  await prisma.deployment.update({
    where: { id },
    data: {
      access: 'OAUTH',
      shares: { create: { role: 'USE' } },
      personalFields: [FIELD],
      fields: { credentials: [field], arguments: [], fixedArguments: [] },
    },
  });
  const rendered = { args: [], env: {}, files: [], secrets: [] };
  await storage.database.transaction((tx) =>
    saveCredentialSet(tx, storage.envelopes, {
      deploymentId: id,
      version: 1,
      payload: { credentials: {}, arguments: {}, extraArguments: [], extraEnvironment: {}, rendered },
      shown: { arguments: [], extraArguments: [] },
    }),
  );
  const machine = { app: 'catwalk-test', name: id, configHash: '', machineId: '148e4ddc', region: 'local' };
  await prisma.machine.create({ data: { ...machine, deploymentId: id, releaseId, address: host.url } });

  const client: RawClient = createRawClient(rig, id);
  const metadata = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' };
  const { client_id: clientId = '' } = await jsonOf(client.register(metadata));
  /** Lets the client in as a person, and returns its access token. */
  const connect = async (browser: Browser): Promise<string> => {
    const { url, verifier } = client.begin(clientId, CALLBACK);
    const back = await redirectOf(decide(browser, url));
    const answer = await client.redeem(clientId, CALLBACK, back.searchParams.get('code') ?? '', verifier);
    return ((await answer.json()) as Tokens).access_token;
  };
  const running = opened.move();

  return {
    ...rig,
    accounts,
    owner,
    signUp,
    connect,
    client,
    deploymentId: id,
    endpoint: (instance: 'first' | 'second' = 'first') =>
      instance === 'first' ? client.resource : client.resource.replace(rig.app.url, `http://localhost:${second.port}`),
    host: () => host,
    /** The host comes back with an empty memory, at the same address. */
    restartHost: async () => {
      const { port } = host;
      await host.close({ drainMs: 0 });
      host = await startHost(port);
    },
    close: () => running.disposeAsync(),
  };
}

export type PersonalRig = Awaited<ReturnType<typeof openPersonalRig>>;

const SET = `mutation Set($input: SetPersonalCredentialsInput!) { it: setPersonalCredentials(input: $input) {
  __typename
  ... on PersonalCredentialsPayload { values { set } }
  ... on UserError { code message hint }
  ... on InvalidInputError { fields { field message } } } }`;
const REMOVE = `mutation Remove($input: RemovePersonalCredentialsInput!) { it: removePersonalCredentials(input: $input) {
  __typename ... on PersonalCredentialsPayload { values { set } } ... on UserError { code message hint } } }`;

/** Sets or removes a person's values in the dashboard. */
export const setKey = async (browser: Browser, deploymentId: string, value: string, name = FIELD) =>
  (await browser.ask(SET, { input: { deploymentId, values: [{ name, value }] } })).data?.['it'];
export const removeKey = async (browser: Browser, deploymentId: string, more: object = {}) =>
  (await browser.ask(REMOVE, { input: { deploymentId, ...more } })).data?.['it'];
