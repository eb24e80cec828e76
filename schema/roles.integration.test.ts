import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShareRole } from '#prisma/generated/client/enums.ts';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { EMPTY, type Owned, operationFor, SUBJECTS, type Subject, TYPES, walk } from './id-fields.testing.ts';

type Role = ShareRole | 'NONE';
const ROLES: readonly Role[] = ['NONE', 'USE', 'OPERATE', 'OWN'];

/** Kinds of rows that belong to a deployment, and so are reached by its roles. */
const OF_DEPLOYMENTS: readonly Owned[] = ['deployment', 'release', 'accessToken', 'machineClient', 'share'];

/** The role that each field needs. A field that takes such an id and is not here fails the first test. */
const NEEDED: Record<string, ShareRole> = {
  'Query.deployment': 'OPERATE',
  'Query.machineClients': 'OWN',
  'Query.personalValues': 'USE',
  'Query.diagnose': 'OPERATE',
  'Mutation.redeploy': 'OPERATE',
  'Mutation.rollback': 'OPERATE',
  'Mutation.startDeployment': 'OPERATE',
  'Mutation.stopDeployment': 'OPERATE',
  'Mutation.restartDeployment': 'OPERATE',
  'Mutation.testCredentials': 'OPERATE',
  'Mutation.deleteDeployment': 'OWN',
  'Mutation.updateCredentials': 'OWN',
  'Mutation.updateDeployment': 'OWN',
  'Mutation.approveDefinitions': 'OWN',
  'Mutation.setDefinitionPolicy': 'OWN',
  'Mutation.saveView': 'OWN',
  'Mutation.publishPage': 'OWN',
  'Mutation.withdrawPage': 'OWN',
  'Mutation.createBundle': 'OWN',
  'Mutation.updateBundle': 'OWN',
  'Mutation.connectRemote': 'OWN',
  'Mutation.disconnectRemote': 'OWN',
  'Mutation.clearData': 'OWN',
  'Mutation.copyData': 'OWN',
  'Mutation.createAccessToken': 'OWN',
  'Mutation.revokeAccessToken': 'OWN',
  'Mutation.createPlaygroundToken': 'OPERATE',
  'Mutation.createMachineClient': 'OWN',
  'Mutation.revokeMachineClient': 'OWN',
  'Mutation.shareDeployment': 'OWN',
  'Mutation.unshareDeployment': 'OWN',
  'Mutation.setPersonalCredentials': 'USE',
  'Mutation.removePersonalCredentials': 'USE',
  'Mutation.allowClient': 'USE',
  'Mutation.denyClient': 'USE',
  'Subscription.deploymentStatus': 'OPERATE',
  'Subscription.deploymentLogs': 'OPERATE',
  'Subscription.deploymentCalls': 'OPERATE',
};
/** Fields that filter what belongs to the caller alone, whatever the caller's role. */
const OWN_ROWS = ['Query.auditEvents', 'Query.connectedClients', 'Query.consentRequest'];
/** These look at a machine, a package or the members of a bundle, which the rows of this test do not have. */
const NEEDS_MORE = [
  'Mutation.approveDefinitions',
  'Query.diagnose',
  'Mutation.testCredentials',
  'Mutation.createBundle',
  'Mutation.updateBundle',
  'Mutation.redeploy',
  'Mutation.updateCredentials',
  'Mutation.connectRemote',
  'Mutation.disconnectRemote',
  'Subscription.deploymentLogs',
  'Subscription.deploymentCalls',
];

const fields = walk
  .map((subject) => [`${subject.parent}.${subject.field.name}`, subject] as const)
  .filter(([name]) => OF_DEPLOYMENTS.includes(SUBJECTS[name] ?? 'member') && !OWN_ROWS.includes(name));

let rig: TestApp;
let owner: { id: string };
let people: Record<Role, { id: string; token: string }>;
beforeAll(async () => {
  rig = await openTestApp();
  owner = await rig.addUser('ann');
  people = {
    NONE: await rig.addUser('nora'),
    USE: await rig.addUser('uma'),
    OPERATE: await rig.addUser('otto'),
    OWN: await rig.addUser('tea'),
  };
});
afterAll(() => rig?.close());

/** A deployment with one row of each kind: shared with people, and its OWN role with a team. */
async function share() {
  const { prisma } = rig;
  const { id, releaseId, accessTokenId } = await addDeployment(prisma, owner.id);
  const team = await prisma.team.create({ data: { name: 'Team', members: { create: { userId: people.OWN.id } } } });
  await prisma.deployment.update({ where: { id }, data: { access: 'OAUTH', personalFields: ['API_KEY'] } });
  const guest = await prisma.user.create({
    data: { id: randomUUID(), name: 'Guest', email: `${randomUUID()}@example.com` },
  });
  const guests = await prisma.share.create({ data: { deploymentId: id, userId: guest.id, role: 'USE' } });
  await prisma.share.createMany({
    data: [
      { deploymentId: id, userId: people.USE.id, role: 'USE' },
      { deploymentId: id, userId: people.OPERATE.id, role: 'OPERATE' },
      { deploymentId: id, teamId: team.id, role: 'OWN' },
    ],
  });
  const machineClient = await prisma.oAuthClient.create({
    data: { id: randomUUID(), source: 'MACHINE', name: 'Job', grant: 'CLIENT_CREDENTIALS', deploymentId: id },
  });
  return {
    deployment: id,
    release: releaseId,
    accessToken: accessTokenId,
    machineClient: machineClient.id,
    share: guests.id,
  };
}

const reaches = (role: Role, needed: ShareRole) => ROLES.indexOf(role) >= ROLES.indexOf(needed);

async function ask(token: string, subject: Subject, id: string) {
  const { query, variables } = operationFor(subject, id);
  const withCode =
    subject.parent === 'Mutation'
      ? query.replace('{ __typename }', '{ __typename ... on UserError { code message } }')
      : query;
  if (subject.parent !== 'Subscription') return rig.ask(token, withCode, variables);
  const stream = rig.follow(token, query, variables);
  try {
    return (await stream.next()).value ?? { data: null };
  } catch (errors) {
    return { data: null, errors };
  } finally {
    await stream.return?.();
  }
}

test('knows the role that every field with an id of a deployment needs', () => {
  expect(fields.map(([name]) => name).sort()).toEqual(Object.keys(NEEDED).sort());
});

describe.each(fields)('%s', (name, subject) => {
  const needed = NEEDED[name] ?? 'OWN';
  const kind = SUBJECTS[name] as keyof Awaited<ReturnType<typeof share>>;

  test.each(ROLES.filter((role) => !reaches(role, needed)))('refuses a caller with the role %s', async (role) => {
    const rows = await share();
    const before = await rig.prisma.deployment.findUniqueOrThrow({ where: { id: rows.deployment } });
    const { data, errors } = await ask(people[role].token, subject, rows[kind]);
    if (subject.parent === 'Query') expect({ data, errors }).toEqual({ data: { it: EMPTY[name] ?? null } });
    else if (subject.parent === 'Subscription') expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    else expect(['NOT_FOUND', 'FORBIDDEN']).toContain(data?.it?.code);
    expect(await rig.prisma.deployment.findUniqueOrThrow({ where: { id: rows.deployment } })).toEqual(before);
  });

  const allowed = NEEDS_MORE.includes(name) ? [] : ROLES.filter((role) => reaches(role, needed));
  test.each(allowed)('serves a caller with the role %s', async (role) => {
    const rows = await share();
    const { data, errors } = await ask(people[role].token, subject, rows[kind]);
    expect(errors).toBeUndefined();
    if (subject.parent === 'Mutation') {
      const isSessionsOnly = name === 'Mutation.allowClient' || name === 'Mutation.denyClient';
      expect(String(data?.it?.message)).not.toMatch(/^The (deployment|token|client|share) was not found/);
      if (!isSessionsOnly) expect(data?.it?.code).not.toBe('FORBIDDEN');
    } else {
      expect(data?.it).not.toEqual(EMPTY[name] ?? null);
    }
  });
});

describe('node', () => {
  const kinds = [
    ['deployment', 'OPERATE'],
    ['release', 'OPERATE'],
    ['accessToken', 'OPERATE'],
    ['machineClient', 'OWN'],
  ] as const;
  test.each(kinds.flatMap(([kind, needed]) => ROLES.map((role) => [kind, role, reaches(role, needed)] as const)))(
    'a %s is there for a caller with the role %s: %s',
    async (kind, role, isThere) => {
      const rows = await share();
      const id = Buffer.from(`${TYPES[kind]}:${rows[kind]}`).toString('base64');
      const query = 'query ($id: ID!) { node(id: $id) { __typename } }';
      expect((await rig.ask(people[role].token, query, { id })).data).toEqual({
        node: isThere ? { __typename: TYPES[kind] } : null,
      });
    },
  );
});

test('lists what others share, by the role', async () => {
  await rig.prisma.deployment.deleteMany();
  const { deployment } = await share();
  const query = `{ deployments { totalCount edges { node { databaseId ownerName viewerRole } } }
    sharedDeployments { databaseId ownerName } }`;
  const listOf = async (role: Role) => (await rig.ask(people[role].token, query)).data;
  const managed = (viewerRole: string) => ({
    deployments: { totalCount: 1, edges: [{ node: { databaseId: deployment, ownerName: 'ann', viewerRole } }] },
    sharedDeployments: [],
  });
  const none = { totalCount: 0, edges: [] };
  expect(await listOf('NONE')).toEqual({ deployments: none, sharedDeployments: [] });
  expect(await listOf('USE')).toEqual({
    deployments: none,
    sharedDeployments: [{ databaseId: deployment, ownerName: 'ann' }],
  });
  expect(await listOf('OPERATE')).toEqual(managed('OPERATE'));
  expect(await listOf('OWN')).toEqual(managed('OWN'));
});
