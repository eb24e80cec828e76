import { type GraphQLObjectType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDeployment } from '#server/compose/app.testing.ts';
import type { Browser } from '#server/http/browser.testing.ts';
import {
  EMPTY,
  NO_NODES,
  type Owned,
  operationFor,
  PUBLIC_FIELDS,
  PUBLIC_NODES,
  roots,
  SUBJECTS,
  type Subject,
  TYPES,
  takesId,
  walk,
} from './id-fields.testing.ts';
import { schema } from './schema.ts';
import { openTwoOwners, type TwoOwners } from './two-owners.testing.ts';

let rig: TwoOwners['rig'];
let mine: TwoOwners['mine'];
let owner: TwoOwners['owner'];
let other: TwoOwners['other'];
let ownerBrowser: Browser;
let otherBrowser: Browser;
beforeAll(async () => {
  ({ rig, mine, owner, other, ownerBrowser, otherBrowser } = await openTwoOwners());
});
afterAll(() => rig?.close());

const idsOf = (subject: Owned) => [mine[subject], Buffer.from(`${TYPES[subject]}:${mine[subject]}`).toString('base64')];

test('knows every nested field that takes an id, and visits every kind of node', () => {
  const types = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
  );
  const below = types.filter(({ name }) => !['Query', 'Mutation', 'Subscription'].includes(name));
  const takers = below.flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => field.args.some(takesId))
      .map((field) => `${type.name}.${field.name}`),
  );
  expect(takers, 'each needs a test of its own').toEqual(['Deployment.calls', 'Release.changes']);
  const nodes = types.filter((type) => type.getInterfaces().some(({ name }) => name === 'Node'));
  const walked = (Object.keys(TYPES) as Owned[]).filter((kind) => !NO_NODES.includes(kind)).map((kind) => TYPES[kind]);
  expect(nodes.map(({ name }) => name).sort()).toEqual([...walked, ...PUBLIC_NODES].sort());
});

test('covers every field that takes an id', () => {
  expect(walk.map(({ parent, field }) => `${parent}.${field.name}`).sort()).toEqual(Object.keys(SUBJECTS).sort());
});

describe.each(walk.map((subject) => [`${subject.parent}.${subject.field.name}`, subject] as const))(
  '%s',
  (name, subject) => {
    const ask = async (token: string | null, id: string) => {
      if (token === null || subject.parent === 'Subscription') return firstOf(token, subject, id);
      const { query, variables } = operationFor(subject, id);
      return otherBrowser.ask(query, variables);
    };
    const subjectOf = () => SUBJECTS[name] ?? 'deployment';

    test('responds to another user as if the object did not exist', async () => {
      for (const id of idsOf(subjectOf())) {
        const { data, errors } = await ask(other.token, id);
        if (subject.parent === 'Query') {
          expect(errors).toBeUndefined();
          expect(data).toEqual({ it: EMPTY[name] ?? null });
        } else if (subject.parent === 'Mutation') {
          expect(data).toEqual({ it: { __typename: 'NotFoundError' } });
        } else {
          expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
        }
      }
    });

    test.runIf(subject.parent === 'Mutation')(
      'responds to another user so before it looks at invalid texts',
      async () => {
        const [id = ''] = idsOf(subjectOf());
        const { query, variables } = operationFor(subject, id, '');
        expect((await otherBrowser.ask(query, variables)).data).toEqual({ it: { __typename: 'NotFoundError' } });
      },
    );

    test('rejects a signed-out caller as unauthenticated', async () => {
      const [id = ''] = idsOf(subjectOf());
      expect(await ask(null, id)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    });
  },
);

test('node finds objects of the viewer only', async () => {
  const query = 'query ($id: ID!) { node(id: $id) { __typename } }';
  for (const subject of Object.keys(mine) as Owned[]) {
    if (NO_NODES.includes(subject)) continue;
    const [, id] = idsOf(subject);
    expect((await rig.ask(owner.token, query, { id })).data).toEqual({ node: { __typename: TYPES[subject] } });
    expect(await rig.ask(other.token, query, { id })).toEqual({ data: { node: null } });
    expect(await rig.ask(null, query, { id })).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  }
});

test('returns every requested field to its owner', async () => {
  for (const subject of walk.filter(({ parent }) => parent === 'Query')) {
    const name = `${subject.parent}.${subject.field.name}`;
    const [id = ''] = idsOf(SUBJECTS[name] ?? 'deployment');
    const { query, variables } = operationFor(subject, id);
    const { data } = await ownerBrowser.ask(query, variables);
    const isThere = !['Query.consentRequest', 'Query.auditEvents', 'Query.node'].includes(name); // these have tests of their own
    if (isThere) expect(data, name).not.toEqual({ it: EMPTY[name] ?? null });
  }
});

const firstOf = async (token: string | null, subject: Subject, id: string) => {
  const { query, variables } = operationFor(subject, id);
  if (subject.parent !== 'Subscription') return rig.ask(token, query, variables);
  const stream = rig.follow(token, query, variables);
  try {
    return (await stream.next()).value ?? { data: null };
  } catch (errors) {
    return { data: null, errors };
  } finally {
    await stream.return?.();
  }
};

test.each(roots.map((subject) => [`${subject.parent}.${subject.field.name}`, subject] as const))(
  'rejects a signed-out caller of %s unless it is public',
  async (name, subject) => {
    const id = Buffer.from(`Deployment:${mine.deployment}`).toString('base64');
    const { errors } = await firstOf(null, subject, id);
    if (PUBLIC_FIELDS.includes(name)) expect(errors).toBeUndefined();
    else expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  },
);

describe('a token that may only read', () => {
  test.each(
    roots.filter(({ parent }) => parent === 'Mutation').map((subject) => [subject.field.name, subject] as const),
  )('cannot %s', async (_name, subject) => {
    const { token } = await rig.tokenFor(owner.id, 'READ');
    const { query, variables } = operationFor(
      subject,
      mine[SUBJECTS[`Mutation.${subject.field.name}`] ?? 'deployment'],
    );
    expect(await rig.ask(token, query, variables)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    await rig.prisma.apiToken.deleteMany({ where: { userId: owner.id, scope: 'READ' } });
  });

  test('can read', async () => {
    const { token } = await rig.tokenFor(owner.id, 'READ');
    const query = 'query ($id: ID!) { deployment(id: $id) { name } viewer { id } }';
    expect((await rig.ask(token, query, { id: mine.deployment })).data).toEqual({
      deployment: { name: 'Weather' },
      viewer: { id: owner.id },
    });
  });
});

test('treats an expired API token as signed out', async () => {
  const { token, id } = await rig.tokenFor(owner.id);
  await rig.prisma.apiToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } });
  expect((await rig.ask(token, '{ viewer { id } }')).data).toEqual({ viewer: null });
  const answer = await fetch(`${rig.origin}/api/audit.jsonl`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(401);
});

test('limits the lifetime of a token to the token that created it', async () => {
  const { token, id } = await rig.tokenFor(owner.id);
  const expiresAt = new Date(Date.now() + 3_600_000);
  await rig.prisma.apiToken.update({ where: { id }, data: { expiresAt } });
  const make =
    'mutation { createApiToken(input: { name: "child" }) { ... on ApiTokenPayload { apiToken { expiresAt } } } }';
  expect((await rig.ask(token, make)).data).toEqual({
    createApiToken: { apiToken: { expiresAt: expiresAt.toISOString() } },
  });
});

describe('over HTTP', () => {
  test('rejects signed-out callers and the API tokens of the owner at the endpoint', async () => {
    const knock = async (authorization?: string) =>
      (
        await fetch(`${rig.origin}/api/mcp/${mine.deployment}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
          body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
        })
      ).status;
    expect(await knock()).toBe(401);
    expect(await knock(`Bearer ${owner.token}`)).toBe(401);
    expect(await knock(`Bearer ${other.token}`)).toBe(401);
  });

  test('exports to each user their own audit entries only', async () => {
    const read = async (browser: Browser, query = '') => (await browser.send(`/api/audit.jsonl${query}`)).text();
    const owners = (text: string) => [
      ...new Set(
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).actor),
      ),
    ];
    expect(owners(await read(ownerBrowser))).toEqual([owner.id]);
    expect(owners(await read(otherBrowser))).toEqual([other.id]);
    expect(await read(otherBrowser, `?deployment=${mine.deployment}`)).toBe('');
    expect((await fetch(`${rig.origin}/api/audit.jsonl`)).status).toBe(401);
    expect((await ownerBrowser.send('/api/audit.jsonl?type=made-up')).status).toBe(400);
  });

  test('serves no OAuth metadata for a deployment that is missing or does not use OAuth', async () => {
    const at = async (id: string) =>
      (await fetch(`${rig.origin}/.well-known/oauth-protected-resource/api/mcp/${id}`)).status;
    expect(await at(mine.deployment)).toBe(200);
    expect(await at('00000000-0000-4000-8000-000000000000')).toBe(404);
    await rig.prisma.deployment.update({ where: { id: mine.deployment }, data: { access: 'TOKEN' } });
    await rig.announce('access', mine.deployment);
    await expect.poll(() => at(mine.deployment)).toBe(404);
  });
});

test('compares a release with releases of its own deployment only', async () => {
  const theirs = await addDeployment(rig.prisma, other.id, 'Theirs');
  const query = `query ($id: ID!, $since: ID!) {
    deployment(id: $id) { currentRelease { changes(since: $since) { sinceNumber } } } }`;
  expect((await rig.ask(other.token, query, { id: theirs.id, since: mine.release })).data).toEqual({
    deployment: { currentRelease: { changes: null } },
  });
});

test('leaves every row unchanged after refused requests', async () => {
  const row = await rig.prisma.deployment.findUniqueOrThrow({ where: { id: mine.deployment } });
  expect(row).toMatchObject({ generation: 1, desired: 'RUNNING', status: 'RUNNING' });
  expect(
    await rig.prisma.accessToken.count({ where: { deploymentId: mine.deployment, kind: 'USER', revokedAt: null } }),
  ).toBe(1);
});
