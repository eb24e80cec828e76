import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabaseKind } from '#prisma/test-database.testing.ts';
import { addDeployment, openTestApp, type TestApp } from '../compose/app.testing.ts';

let rig: TestApp;
let ann: Awaited<ReturnType<TestApp['addUser']>>;

beforeAll(async () => {
  rig = await openTestApp();
  ann = await rig.addUser('ann');
  await addDeployment(rig.prisma, ann.id);
});
afterAll(() => rig?.close());

const DEPLOYMENTS = '{ deployments { edges { node { name } } } }';
const CREATE_TOKEN = `mutation { createApiToken(input: { name: "new" }) {
  __typename ... on ApiTokenPayload { token } ... on UserError { code } } }`;
const codesOf = ({ errors }: Awaited<ReturnType<TestApp['ask']>>) => errors?.map(({ extensions }) => extensions?.code);

describe('API tokens', () => {
  test('a read-only token can query, and can change nothing', async () => {
    const { token } = await rig.tokenFor(ann.id, 'READ');
    expect((await rig.ask(token, DEPLOYMENTS)).data).toEqual({
      deployments: { edges: [{ node: { name: 'Weather' } }] },
    });
    expect(codesOf(await rig.ask(token, CREATE_TOKEN))).toEqual(['FORBIDDEN']);
  });

  test('a new token works at once, and no longer after it is revoked', async () => {
    const { data } = await rig.ask(ann.token, CREATE_TOKEN);
    const { token = '' } = (data?.['createApiToken'] ?? {}) as { token?: string }; // the mutation above
    expect((await rig.ask(token, '{ viewer { name } }')).data).toEqual({ viewer: { name: 'ann' } });
    const row = await rig.prisma.apiToken.findFirstOrThrow({ where: { name: 'new' } });
    expect(Buffer.from(row.hash).includes(token)).toBe(false);
    const revoke = `mutation { revokeApiToken(id: "${row.id}") { __typename } }`;
    expect((await rig.ask(ann.token, revoke)).data).toEqual({ revokeApiToken: { __typename: 'ApiToken' } });
    expect((await rig.ask(token, '{ viewer { name } }')).data).toEqual({ viewer: null });
  });

  test('treats an expired or invented token as signed out', async () => {
    const { token, id } = await rig.tokenFor(ann.id);
    await rig.prisma.apiToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } });
    for (const wrong of [token, 'cw_made-up', 'nonsense']) {
      expect(codesOf(await rig.ask(wrong, DEPLOYMENTS))).toEqual(['UNAUTHENTICATED']);
    }
  });
});

describe('signed out', () => {
  test('there is no viewer, and nothing but public facts', async () => {
    expect((await rig.ask(null, '{ viewer { id } installation { machines signUpOpen } }')).data).toEqual({
      viewer: null,
      installation: { machines: 'LOCAL', signUpOpen: false },
    });
    for (const query of [DEPLOYMENTS, '{ regions { code } }', 'mutation { stopDeployment(id: "x") { __typename } }']) {
      expect(codesOf(await rig.ask(null, query))).toEqual(['UNAUTHENTICATED']);
    }
  });

  test('a subscription is refused, not left open', async () => {
    const result = await rig
      .follow(null, 'subscription { deploymentsChanged { status } }')
      .next()
      .catch((e) => e);
    expect(JSON.stringify(result)).toContain('UNAUTHENTICATED');
  });
});

describe('a GraphQL document', () => {
  test('may introspect the schema, as tools do', async () => {
    const depth = 12;
    const query = `{ __schema { types { fields { type ${'{ ofType '.repeat(depth)}{ name }${' }'.repeat(depth)} } } } }`;
    expect((await rig.ask(null, query)).errors).toBeUndefined();
  });

  test('is refused when it is nested too deeply', async () => {
    const deep = `{ machineSizes { ${'... on MachineSize { '.repeat(3)} monthlyCost { asOf } ${'} '.repeat(3)} } }`;
    expect((await rig.ask(ann.token, deep)).errors).toBeUndefined();
  });

  test('is refused when its nested pages multiply to too much', async () => {
    const query = `{ deployments(first: 200) { edges { node { events(first: 200) { edges { node { message } } } } } } }`;
    expect(codesOf(await rig.ask(ann.token, query))).toEqual(['LIMIT_REACHED']);
  });

  test('is refused when a page of negative size would pay for a large one', async () => {
    const large = `deployments(first: 200) { edges { node { events(first: 200) { edges { node { message } } } } } }`;
    const query = `{ a: deployments(first: -100000) { edges { node { name source status } } } ${large} }`;
    expect(codesOf(await rig.ask(ann.token, query))).toEqual(['LIMIT_REACHED']);
  });

  test('may read all logs of one deployment, and not those of a whole page', async () => {
    const page = `{ deployments(first: 50) { edges { node { logs { text } } } } }`;
    expect((await rig.ask(ann.token, page)).errors).toBeUndefined();
    expect(codesOf(await rig.ask(ann.token, page.replace('logs', 'logs(tail: 5000)')))).toEqual(['LIMIT_REACHED']);
    const { id } = await rig.prisma.deployment.findFirstOrThrow({ where: { ownerId: ann.id } });
    const one = `query ($id: ID!, $tail: Int) { deployment(id: $id) { logs(tail: $tail) { at stream text } } }`;
    expect((await rig.ask(ann.token, one, { id, tail: 5_000 })).errors).toBeUndefined();
  });

  test.each([
    ['calls an endpoint', 11, 'diagnose(deploymentId: "x") { __typename }'],
    ['searches', 100, 'registryServers { totalCount }'],
    ['reads a text', 10, 'analysis(id: "x") { pastedSecrets(source: "") }'],
    ['looks at files', 100, 'deployment(id: "x") { data { bytes } again: data { bytes } }'],
  ])('is refused when it %s often under aliases', async (_, times, field) => {
    const ask = (count: number) => {
      const fields = Array.from({ length: count }, (_field, index) => `a${index}: ${field}`);
      return rig.ask(ann.token, `{ ${fields.join(' ')} }`);
    };
    expect(codesOf(await ask(times))).toEqual(['LIMIT_REACHED']);
    expect(JSON.stringify(await ask(2))).not.toContain('LIMIT_REACHED');
  });

  test('is refused when it introspects the whole schema repeatedly', async () => {
    const schemas = Array.from({ length: 20 }, (_, index) => `a${index}: __schema { types { name } }`).join(' ');
    expect(codesOf(await rig.ask(null, `{ ${schemas} }`))).toEqual(['LIMIT_REACHED']);
  });

  test('is refused when it repeats a field a thousand times under aliases', async () => {
    const aliases = Array.from({ length: 1_500 }, (_, index) => `a${index}: viewer { id }`).join(' ');
    expect((await rig.ask(ann.token, `{ ${aliases} }`)).errors?.[0]?.message).toContain('token');
  });

  test('is refused together with other documents in one request', async () => {
    const answer = await fetch(`${rig.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ann.token}` },
      body: JSON.stringify([{ query: '{ viewer { id } }' }, { query: '{ viewer { id } }' }]),
    });
    expect(answer.status).toBe(400);
  });
});

test('expected errors are members of the result, with their code and hint', async () => {
  const query = `mutation { analyze(input: { source: "" }) {
    __typename ... on UserError { code message hint retryable } } }`;
  expect((await rig.ask(ann.token, query)).data).toMatchObject({
    analyze: { __typename: 'InvalidInputError', code: 'INVALID_SOURCE', message: expect.any(String) },
  });
});

test('a page of ten deployments costs as many database operations as one of one', async () => {
  const query = `query ($first: Int) { deployments(first: $first) { edges { node { name tools { name }
    currentRelease { version } targetRelease { number } machine { state } accessTokens { name } credentialsSet
    events(first: 3) { edges { node { message } } } } } } }`;
  for (let index = 0; index < 10; index += 1) await addDeployment(rig.prisma, ann.id, `Server ${index}`);
  const costOf = async (first: number) => {
    const before = rig.operations();
    const { data, errors } = await rig.ask(ann.token, query, { first });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ deployments: { edges: { length: first } } });
    return rig.operations() - before;
  };
  /** Workers of the same server look for work at the same time, which can only add. */
  const leastOf = async (first: number) => Math.min(await costOf(first), await costOf(first), await costOf(first));
  expect(await leastOf(10)).toBe(await leastOf(1));
});

test('names an internal error by the id of its request, which may be the caller’s', async () => {
  await rig.prisma.$executeRaw`ALTER TABLE "AuditEvent" RENAME TO "Elsewhere"`;
  const answer = await fetch(`${rig.origin}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${ann.token}`,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
    body: JSON.stringify({ query: '{ auditEvents { edges { node { id } } } }' }),
  });
  await rig.prisma.$executeRaw`ALTER TABLE "Elsewhere" RENAME TO "AuditEvent"`;
  const requestId = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';
  expect(answer.headers.get('x-request-id')).toBe(requestId);
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL', requestId } }] });
});

test('invalid ids and cursors are reported as a mistake of the caller', async () => {
  for (const query of [
    `{ node(id: "${btoa('Deployment:nonsense')}") { id } }`,
    `{ node(id: "${btoa('Deployment:00000000-0000-4000-8000-000000000000')}") { id } }`,
    '{ node(id: "nonsense") { id } }',
    '{ deployments(after: "nonsense") { edges { node { id } } } }',
    '{ auditEvents(after: "nonsense") { edges { node { id } } } }',
    '{ deployments(first: -1) { edges { node { id } } } }',
  ]) {
    const answer = await rig.ask(ann.token, query);
    expect(codesOf(answer) ?? [], query).not.toContain('INTERNAL');
  }
});

test('health tells whether the database is there', async () => {
  const answer = await fetch(`${rig.origin}/api/health`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    status: 'healthy',
    database: testDatabaseKind() === 'pglite' ? 'embedded' : 'postgres',
    machines: 'local',
  });
});
