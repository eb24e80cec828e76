import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { eventually, startTestHost, type TestHost } from '#deploy/host/test-rig.ts';
import { type Era, HIDING, startHiding } from '#deploy/host/views/hiding.testing.ts';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';

const ASKING = fileURLToPath(new URL('../fixtures/conformance-server/main.ts', import.meta.url));

const REFUSAL = '__typename ... on UserError { code message } ... on InvalidInputError { fields { field message } }';
const CREATE = `mutation ($input: CreateBundleInput!) {
  createBundle(input: $input) { ${REFUSAL} ... on DeployPayload { accessToken deployment { databaseId } } }
}`;
const UPDATE = `mutation ($input: UpdateBundleInput!) {
  updateBundle(input: $input) { ${REFUSAL} ... on Deployment { slug members { prefix name view status } } }
}`;
const SAVE = `mutation ($input: SaveViewInput!) { saveView(input: $input) { __typename ... on View { id } } }`;

export type Member = { deploymentId: string; view?: string; prefix?: string };
export type Outcome = Record<string, unknown> & { __typename: string };

/** Puts a deployment that runs before a host that is open. */
export async function addMember(app: TestApp, ownerId: string, name: string, host: TestHost, machineId: string) {
  const { id, releaseId } = await addDeployment(app.prisma, ownerId, name);
  const context = { purpose: 'host-token', subject: releaseId, version: 1 } as const;
  const hostToken = await app.storage.envelopes.seal('not asked for', context);
  await app.prisma.release.update({ where: { id: releaseId }, data: { hostToken } });
  const machine = { app: 'catwalk-test', name: id, configHash: '', machineId, region: 'local' };
  await app.prisma.machine.create({ data: { ...machine, deploymentId: id, releaseId, address: host.url } });
  return id;
}

/** An app with three deployments, each on a machine of its own: two have something to hide, and one asks its client. */
export async function openBundleRig(variables: Record<string, string> = {}) {
  await using opened = new AsyncDisposableStack();
  const start = async (begin: () => Promise<TestHost>): Promise<TestHost> => {
    const host = await begin();
    opened.defer(() => host.close({ drainMs: 0 }));
    return host;
  };
  const hosts = {
    files: await start(() => startHiding('legacy')),
    vault: await start(() => startHiding('modern')),
    asking: await start(async () => {
      const host = await startTestHost({ package: { runtime: 'command', command: 'node', args: [ASKING] } });
      await eventually('the installation', () => host.status().phase !== 'INSTALLING');
      return host;
    }),
  };
  const app: TestApp = await openTestApp(variables);
  opened.defer(app.close);
  const [owner, other] = [await app.addUser('owner'), await app.addUser('other')];
  const ids = {
    files: await addMember(app, owner.id, 'Files', hosts.files, '148e4d01'),
    vault: await addMember(app, owner.id, 'Vault', hosts.vault, '148e4d02'),
    asking: await addMember(app, owner.id, 'Requesting', hosts.asking, '148e4d03'),
  };
  const saveView = (deploymentId: string, name: string, rules: unknown = HIDING) =>
    app.ask(owner.token, SAVE, { input: { deploymentId, name, rules } });
  for (const id of [ids.files, ids.vault]) await saveView(id, 'shown');

  const create = async (members: Member[], more: object = {}, token = owner.token): Promise<Outcome> =>
    (await app.ask(token, CREATE, { input: { name: 'Together', members, ...more } })).data?.['createBundle'] as Outcome; // the document
  const until = async (id: string, status: string) =>
    eventually(`the bundle to be ${status}`, async () => {
      const row = await app.prisma.deployment.findUniqueOrThrow({ where: { id } });
      if (row.status === 'FAILED' && status !== 'FAILED') throw new Error(JSON.stringify(row.failure));
      return row.status === status;
    });
  const connect = async (id: string, token: string, era: Era = 'legacy', capabilities: object = {}) => {
    const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy';
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode }, capabilities });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${app.origin}/api/mcp/${id}`), { requestInit }));
    return client;
  };
  const running = opened.move();
  return {
    ...{ app, hosts, owner, other, ids, saveView, create, connect, until },
    members: (): Member[] => [
      { deploymentId: ids.files, view: 'shown', prefix: 'files' },
      { deploymentId: ids.vault, view: 'shown', prefix: 'vault' },
      { deploymentId: ids.asking, prefix: 'ask' },
    ],
    /** A bundle that runs. */
    make: async (members: Member[], more: object = {}) => {
      const made = await create(members, more);
      if (made.__typename !== 'DeployPayload') throw new Error(JSON.stringify(made));
      const id = (made['deployment'] as { databaseId: string }).databaseId; // the document
      await until(id, 'RUNNING');
      return { id, token: String(made['accessToken']) };
    },
    update: async (input: object, token = owner.token): Promise<Outcome> =>
      (await app.ask(token, UPDATE, { input })).data?.['updateBundle'] as Outcome, // the document
    close: () => running.disposeAsync(),
  };
}

export type BundleRig = Awaited<ReturnType<typeof openBundleRig>>;
