import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { leaveTeams } from '#server/domain/sharing/leave-teams.ts';

type User = Awaited<ReturnType<TestApp['addUser']>>;

let rig: TestApp;
let ann: User;
let bob: User;
let cleo: User;
let deploymentId: string;
beforeAll(async () => {
  rig = await openTestApp();
  [ann, bob, cleo] = [await rig.addUser('ann'), await rig.addUser('bob'), await rig.addUser('cleo')];
});
afterAll(() => rig?.close());
beforeEach(async () => {
  await rig.prisma.team.deleteMany();
  ({ id: deploymentId } = await addDeployment(rig.prisma, ann.id));
  await rig.prisma.deployment.update({ where: { id: deploymentId }, data: { access: 'OAUTH' } });
});

const ERROR = '__typename ... on UserError { code message hint }';
// biome-ignore lint/suspicious/noExplicitAny: each query has a shape of its own, which its test states
const run = async (user: User, query: string, variables: object = {}): Promise<any> => {
  const { data, errors } = await rig.ask(user.token, query, variables);
  expect(errors).toBeUndefined();
  return data?.it;
};
const share = (user: User, input: object) =>
  run(user, `mutation ($input: ShareDeploymentInput!) { it: shareDeployment(input: $input) { ${ERROR} } }`, {
    input: { deploymentId, ...input },
  });
const unshare = (user: User, shareId: string) =>
  run(user, `mutation ($shareId: ID!) { it: unshareDeployment(shareId: $shareId) { ${ERROR} } }`, { shareId });
const shareOf = async (user: User) =>
  (await rig.prisma.share.findFirstOrThrow({ where: { deploymentId, userId: user.id } })).id;
const DONE = { __typename: 'SharePayload' };
const TEAM_DONE = { __typename: 'TeamPayload' };

const createToken = async (user: User) => {
  const it = await run(
    user,
    `mutation ($input: CreateAccessTokenInput!) { it: createAccessToken(input: $input) { ${ERROR} ... on AccessTokenPayload { token } } }`,
    { input: { deploymentId, name: 'script' } },
  );
  return it?.token as string;
};
const createPlaygroundToken = async (user: User) => {
  const query = `mutation ($id: ID!) { it: createPlaygroundToken(deploymentId: $id) { ${ERROR} ... on PlaygroundToken { token } } }`;
  return (await run(user, query, { id: deploymentId }))?.token as string;
};
/** The endpoint knows the caller if it gets as far as the machine, which these deployments do not have. */
const isKnown = async (token: string) => {
  const response = await fetch(`${rig.origin}/api/mcp/${deploymentId}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
  });
  return response.status !== 401;
};
/** What a client of a person was given by OAuth. */
const connect = async (user: User) => {
  const id = `client of ${user.id} ${deploymentId}`;
  await rig.prisma.oAuthClient.create({ data: { id, source: 'REGISTRATION', name: 'Desk' } });
  const grants = { create: { expiresAt: new Date(Date.now() + 3_600_000) } };
  await rig.prisma.oAuthConnection.create({ data: { deploymentId, userId: user.id, clientId: id, grants } });
  await rig.prisma.personalValues.create({ data: { deploymentId, userId: user.id, envelope: '', names: ['KEY'] } });
};
const heldBy = async ({ id: userId }: User) => ({
  grants: await rig.prisma.oAuthGrant.count({ where: { revokedAt: null, connection: { userId, deploymentId } } }),
  values: await rig.prisma.personalValues.count({ where: { userId, deploymentId } }),
});

describe('a share', () => {
  test('is given by name or address, changed, and listed', async () => {
    expect(await share(ann, { person: 'BOB@example.com', role: 'USE' })).toEqual(DONE);
    expect(await share(ann, { person: 'Bob', role: 'OPERATE' })).toEqual(DONE);
    const query = `query ($id: ID!) { it: deployment(id: $id) { viewerRole shared ownerName shares { role personName everyone } } }`;
    expect(await run(bob, query, { id: deploymentId })).toEqual({
      viewerRole: 'OPERATE',
      shared: true,
      ownerName: 'ann',
      shares: [{ role: 'OPERATE', personName: 'bob', everyone: false }],
    });
  });

  test.each<[string, object, object]>([
    ['a person without an account', { person: 'nobody', role: 'USE' }, { code: 'NOT_FOUND' }],
    ['the owner', { person: 'ann', role: 'USE' }, { code: 'CONFLICT' }],
    ['everyone as operators', { everyone: true, role: 'OPERATE' }, { code: 'INVALID_INPUT' }],
    ['a person and everyone at once', { person: 'bob', everyone: true, role: 'USE' }, { code: 'INVALID_INPUT' }],
    ['no one', { role: 'USE' }, { code: 'INVALID_INPUT' }],
    ['a team that is not there', { teamId: crypto.randomUUID(), role: 'USE' }, { code: 'NOT_FOUND' }],
    ['a team by a text that is no id', { teamId: 'x', role: 'USE' }, { code: 'NOT_FOUND' }],
  ])('is not given to %s', async (_whom, input, problem) => {
    expect(await share(ann, input)).toMatchObject(problem);
    expect(await rig.prisma.share.count({ where: { deploymentId } })).toBe(0);
  });

  test('is refused to a stranger before the people are looked at', async () => {
    for (const input of [{ person: 'bob', everyone: true }, { person: '' }, {}])
      expect(await share(cleo, { ...input, role: 'USE' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('for use alone needs an endpoint that knows people', async () => {
    await rig.prisma.deployment.update({ where: { id: deploymentId }, data: { access: 'TOKEN' } });
    expect(await share(ann, { person: 'bob', role: 'USE' })).toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringContaining('OAuth'),
    });
  });

  test('needs the address where several people have the name', async () => {
    const other = await rig.prisma.user.create({
      data: { id: crypto.randomUUID(), name: 'Cleo', email: 'o@example.com' },
    });
    onTestFinished(() => rig.prisma.user.delete({ where: { id: other.id } }).then(() => {}));
    expect(await share(ann, { person: 'cleo', role: 'USE' })).toMatchObject({ code: 'CONFLICT' });
    expect(await share(ann, { person: 'cleo@example.com', role: 'USE' })).toEqual(DONE);
  });

  test('that ends takes the tokens, clients and values of the person, and the highest other share keeps the rest', async () => {
    await share(ann, { person: 'bob', role: 'OWN' });
    await share(ann, { everyone: true, role: 'USE' });
    await connect(bob);
    const [token, playground] = [await createToken(bob), await createPlaygroundToken(bob)];
    const ofOwner = await createToken(ann);
    expect([await isKnown(token), await isKnown(playground)]).toEqual([true, true]);
    await share(ann, { person: 'bob', role: 'OPERATE' });
    expect([await isKnown(token), await isKnown(playground)]).toEqual([false, true]);
    await unshare(ann, await shareOf(bob));
    expect([await isKnown(playground), await isKnown(ofOwner)]).toEqual([false, true]);
    expect(await heldBy(bob)).toEqual({ grants: 1, values: 1 });
    const everyone = await rig.prisma.share.findFirstOrThrow({ where: { deploymentId, userId: null } });
    await unshare(ann, everyone.id);
    expect(await heldBy(bob)).toEqual({ grants: 0, values: 0 });
  });

  test('is ended by the person, and not by a stranger', async () => {
    await share(ann, { person: 'bob', role: 'USE' });
    const id = await shareOf(bob);
    expect(await unshare(cleo, id)).toMatchObject({ code: 'NOT_FOUND', message: 'The share was not found.' });
    expect(await unshare(bob, id)).toEqual(DONE);
    expect(await unshare(ann, id)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that ends also ends a subscription of the person', async () => {
    await share(ann, { person: 'bob', role: 'OPERATE' });
    const stream = rig.follow(bob.token, 'subscription ($id: ID!) { it: deploymentStatus(id: $id) { status } }', {
      id: deploymentId,
    });
    expect((await stream.next()).value).toMatchObject({ data: { it: { status: 'RUNNING' } } });
    const next = stream.next();
    await unshare(ann, await shareOf(bob));
    expect((await next).value).toMatchObject({ data: { it: { status: 'DELETED' } } });
    expect((await stream.next()).done).toBe(true);
  });

  test('is in the trails of the owner, the person who acted, and the person whom it is about', async () => {
    await share(ann, { person: 'bob', role: 'OWN' });
    await share(bob, { person: 'cleo', role: 'OPERATE' });
    const query = `query ($id: ID!) { it: auditEvents(deploymentId: $id, types: ["deployment.shared"], first: 1) {
      edges { node { actorName data } } } }`;
    for (const user of [ann, bob, cleo])
      expect(await run(user, query, { id: deploymentId })).toEqual({
        edges: [{ node: { actorName: 'bob', data: { with: 'cleo', role: 'OPERATE' } } }],
      });
  });
});

test('views and definition policies of another owner are in the trails of both people', async () => {
  await share(ann, { person: 'bob', role: 'OWN' });
  const save = `mutation ($input: SaveViewInput!) { it: saveView(input: $input) { ${ERROR} ... on View { id } } }`;
  const { id } = await run(bob, save, { input: { deploymentId, name: 'small', rules: {} } });
  await run(bob, `mutation ($id: ID!) { it: deleteView(id: $id) { ${ERROR} } }`, { id });
  const policy = `mutation ($id: ID!) { it: setDefinitionPolicy(id: $id, policy: HOLD) { ${ERROR} } }`;
  await run(bob, policy, { id: deploymentId });
  for (const { id: ownerId } of [ann, bob]) {
    const types = ['view.created', 'view.deleted', 'definitions.policy'];
    const where = { deploymentId, ownerId, actor: bob.id, type: { in: types } };
    expect(await rig.prisma.auditEvent.count({ where })).toBe(types.length);
  }
});

describe('another access than OAuth', () => {
  const setAccess = (more: object = {}) =>
    run(ann, `mutation ($input: UpdateDeploymentInput!) { it: updateDeployment(input: $input) { ${ERROR} } }`, {
      input: { id: deploymentId, access: 'TOKEN', ...more },
    });

  test('is confirmed where other people lose their apps and keys', async () => {
    await share(ann, { person: 'bob', role: 'USE' });
    await connect(bob);
    expect(await setAccess()).toMatchObject({
      __typename: 'ConflictError',
      code: 'CONFIRMATION_REQUIRED',
      message: expect.stringContaining('One other person'),
    });
    expect(await heldBy(bob)).toEqual({ grants: 1, values: 1 });
    expect(await setAccess({ confirm: true })).toEqual({ __typename: 'Deployment' });
    expect(await heldBy(bob)).toEqual({ grants: 0, values: 0 });
  });

  test('needs no confirmation where the owner alone has apps', async () => {
    await share(ann, { person: 'bob', role: 'USE' });
    await connect(ann);
    expect(await setAccess()).toEqual({ __typename: 'Deployment' });
    expect(await heldBy(ann)).toEqual({ grants: 1, values: 1 });
  });
});

describe('a team', () => {
  const create = async (user: User, name = 'Support') => {
    const it = await run(
      user,
      `mutation ($name: String!) { it: createTeam(name: $name) { ... on TeamPayload { team { id } } } }`,
      {
        name,
      },
    );
    return it?.team.id as string;
  };
  const add = (user: User, input: object) =>
    run(user, `mutation ($input: AddTeamMemberInput!) { it: addTeamMember(input: $input) { ${ERROR} } }`, { input });
  const remove = (user: User, input: object) =>
    run(user, `mutation ($input: RemoveTeamMemberInput!) { it: removeTeamMember(input: $input) { ${ERROR} } }`, {
      input,
    });
  const drop = (user: User, id: string) =>
    run(user, `mutation ($id: ID!) { it: deleteTeam(id: $id) { ${ERROR} } }`, { id });

  test('owns a deployment together, until a member leaves', async () => {
    const teamId = await create(ann);
    expect(await add(ann, { teamId, person: 'bob' })).toEqual(TEAM_DONE);
    expect(await share(ann, { teamId, role: 'OWN' })).toEqual(DONE);
    await connect(bob);
    const token = await createToken(bob);
    expect(await isKnown(token)).toBe(true);
    expect(await remove(bob, { teamId, userId: bob.id })).toEqual(TEAM_DONE);
    expect(await isKnown(token)).toBe(false);
    expect(await heldBy(bob)).toEqual({ grants: 0, values: 0 });
  });

  test('that is deleted takes its shares along', async () => {
    const teamId = await create(ann);
    await add(ann, { teamId, person: 'bob' });
    await share(ann, { teamId, role: 'USE' });
    await connect(bob);
    expect(await drop(ann, teamId)).toEqual(TEAM_DONE);
    expect(await heldBy(bob)).toEqual({ grants: 0, values: 0 });
    expect(await rig.prisma.share.count({ where: { deploymentId } })).toBe(0);
  });

  test('is changed by its managers alone, shown to its members alone, and never without a manager', async () => {
    const teamId = await create(ann);
    const add2 = { teamId, person: 'cleo' };
    expect(await add(bob, add2)).toMatchObject({ code: 'NOT_FOUND' });
    await add(ann, { teamId, person: 'bob' });
    expect(await add(bob, add2)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await drop(bob, teamId)).toMatchObject({ code: 'FORBIDDEN' });
    const teams = '{ it: teams { name viewerManages members { name manages } } }';
    const members = [
      { name: 'ann', manages: true },
      { name: 'bob', manages: false },
    ];
    expect(await run(bob, teams)).toEqual([{ name: 'Support', viewerManages: false, members }]);
    expect(await run(cleo, teams)).toEqual([]);
    expect(await remove(ann, { teamId, userId: ann.id })).toMatchObject({ code: 'CONFLICT' });
    expect(await add(ann, { teamId, person: 'ann', manages: false })).toMatchObject({ code: 'CONFLICT' });
    await add(ann, { teamId, person: 'bob', manages: true });
    expect(await remove(ann, { teamId, userId: ann.id })).toEqual(TEAM_DONE);
    const rename = `mutation ($id: ID!, $name: String!) { it: renameTeam(id: $id, name: $name) { ${ERROR} ... on TeamPayload { team { name } } } }`;
    expect(await run(bob, rename, { id: teamId, name: ' Helpers ' })).toMatchObject({ team: { name: 'Helpers' } });
    expect(await run(bob, rename, { id: teamId, name: '  ' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await run(ann, rename, { id: teamId, name: 'Mine' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('does not show its members to people with whom it shares nothing but a deployment', async () => {
    const teamId = await create(ann);
    await share(ann, { teamId, role: 'OPERATE' });
    await share(ann, { person: 'cleo', role: 'OPERATE' });
    const query = `query ($id: ID!) { it: deployment(id: $id) { shares { team { name members { name } } } } }`;
    expect(await run(cleo, query, { id: deploymentId })).toEqual({
      shares: [{ team: { name: 'Support', members: [] } }, { team: null }],
    });
  });
});

test('a locked member loses tokens at deployments of others', async () => {
  await share(ann, { person: 'bob', role: 'OWN' });
  const token = await createToken(bob);
  expect(await isKnown(token)).toBe(true);
  const { ownerId } = await rig.prisma.installation.findFirstOrThrow({ select: { ownerId: true } });
  const administrator = await rig.tokenFor(ownerId ?? '');
  const query = `mutation ($id: ID!) { it: lockMember(id: $id) { ${ERROR} } }`;
  expect((await rig.ask(administrator.token, query, { id: bob.id })).data).toEqual({ it: { __typename: 'Member' } });
  expect(await isKnown(token)).toBe(false);
});

test('a team of which the only manager is deleted is managed by the member who joined first', async () => {
  const dan = await rig.addUser('dan');
  const members = [
    { userId: dan.id, manages: true, createdAt: new Date(1) },
    { userId: cleo.id, createdAt: new Date(3) },
    { userId: ann.id, createdAt: new Date(2) },
  ];
  const { id: teamId } = await rig.prisma.team.create({ data: { name: 'Support', members: { create: members } } });
  const { id: alone } = await rig.prisma.team.create({
    data: { name: 'Alone', members: { create: { userId: dan.id, manages: true } } },
  });
  await rig.storage.database.transaction((tx) => leaveTeams(tx, dan.id));
  const managers = await rig.prisma.teamMember.findMany({ where: { teamId, manages: true }, select: { userId: true } });
  expect(managers).toEqual([{ userId: ann.id }]);
  expect(await rig.prisma.team.count({ where: { id: alone } })).toBe(0);
});
