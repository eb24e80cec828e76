import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { npmServer, type RegistryStandIn, startRegistryStandIn } from '#server/domain/registry/stand-in.testing.ts';

let registry: RegistryStandIn;
let rig: TestApp;
let token: string;

beforeAll(async () => {
  registry = await startRegistryStandIn([
    npmServer('io.github.ann/weather', {
      title: 'Weather',
      description: 'Tomorrow’s weather.',
      publishedAt: '2026-03-01T00:00:00Z',
      more: {
        websiteUrl: 'https://weather.example/',
        packages: [
          {
            registryType: 'npm',
            identifier: '@ann/weather',
            version: '2.0.0',
            transport: { type: 'stdio' },
            environmentVariables: [{ name: 'WEATHER_KEY', description: 'A key.', isRequired: true, isSecret: true }],
          },
        ],
      },
    }),
    npmServer('com.example/far', {
      title: 'Far <script>',
      publishedAt: '2026-02-01T00:00:00Z',
      more: {
        packages: [],
        repository: { url: 'javascript:alert(1)' },
        websiteUrl: 'data:text/html,x',
        remotes: [{ type: 'sse', url: 'https://far.example/mcp' }],
      },
    }),
    ...Array.from({ length: 5 }, (_, at) => npmServer(`io.github.bob/notes-${at}`, { status: 'active' })),
  ]);
  rig = await openTestApp({ MCP_REGISTRY_URL: registry.url });
  ({ token } = await rig.addUser('ann'));
  await vi.waitFor(async () => expect(await rig.prisma.registryServer.count()).toBe(7), { timeout: 60_000 });
});
afterAll(async () => {
  await rig?.close();
  await registry?.close();
});

const ask = async (query: string, given: object = {}) => {
  const { data, errors } = await rig.ask(token, query, given);
  return { data, errors };
};

test('the server reads the registry by itself; what it lists is found, in order', async () => {
  const { data } = await ask('{ registryServers(search: "weath") { totalCount edges { node { name title } } } }');
  expect(data).toEqual({
    registryServers: { totalCount: 1, edges: [{ node: { name: 'io.github.ann/weather', title: 'Weather' } }] },
  });
  expect((await ask('{ registrySync { source listed error lastSuccessAt } }')).data).toMatchObject({
    registrySync: [{ source: 'MCP_REGISTRY', listed: 7, error: null }],
  });
});

test('a server says what it is published as, whose name it is, and what to analyze', async () => {
  const { data, errors } = await ask(
    `query ($name: String!) { registryServer(name: $name) {
      version publisher { kind name } packages { type identifier version url variables { name required secret } }
      repository { url } websiteUrl deployable notDeployableReason analyzeSource versions { version isLatest status } } }`,
    { name: 'io.github.ann/weather' },
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    registryServer: {
      version: '1.0.0',
      publisher: { kind: 'GITHUB', name: 'ann' },
      packages: [
        {
          type: 'npm',
          identifier: '@ann/weather',
          version: '2.0.0',
          url: 'https://www.npmjs.com/package/@ann/weather',
          variables: [{ name: 'WEATHER_KEY', required: true, secret: true }],
        },
      ],
      repository: { url: 'https://github.com/ann/weather' },
      websiteUrl: 'https://weather.example/',
      deployable: true,
      notDeployableReason: null,
      analyzeSource: 'registry:io.github.ann/weather',
      versions: [{ version: '1.0.0', isLatest: true, status: 'ACTIVE' }],
    },
  });
});

test('gives the reason of a server that cannot be deployed, and omits addresses that are not web pages', async () => {
  const { data } = await ask(
    `{ registryServer(name: "com.example/far") { title deployable notDeployableReason websiteUrl repository { url }
       remotes { url } publisher { kind name } } none: registryServer(name: "com.example/none") { name } }`,
  );
  expect(data).toMatchObject({
    registryServer: {
      title: 'Far <script>',
      deployable: false,
      notDeployableReason: expect.stringContaining('HTTP+SSE'),
      websiteUrl: null,
      repository: null,
      remotes: [{ url: 'https://far.example/mcp' }],
      publisher: { kind: 'DOMAIN', name: 'example.com' },
    },
    none: null,
  });
});

test.each(['RELEVANCE', 'NEWEST', 'NAME'])('pages by %s hold every server once', async (sort) => {
  const query = `query ($sort: RegistrySort, $after: String) { registryServers(first: 2, sort: $sort, after: $after) {
    pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { name } } } }`;
  type Page = {
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
    edges: { node: { name: string } }[];
  };
  const names: string[] = [];
  for (let after: string | null = null; ; ) {
    const { data } = await ask(query, { sort, after });
    const page = data?.['registryServers'] as Page; // as the schema says
    expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
    names.push(...page.edges.map(({ node }) => node.name));
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(new Set(names).size).toBe(7);
  expect(names).toHaveLength(7);
});

test('rejects a cursor of another order and a malformed cursor', async () => {
  const { data } = await ask('{ registryServers(first: 1, sort: NAME) { pageInfo { endCursor } } }');
  const list = data?.['registryServers'] as { pageInfo: { endCursor: string } } | undefined; // as asked for
  for (const after of [list?.pageInfo.endCursor ?? '?', 'x', '']) {
    const { errors } = await ask('query ($after: String) { registryServers(after: $after) { totalCount } }', { after });
    expect(errors?.[0]?.message).toBe(after === '' ? undefined : 'The cursor is none of this list.');
  }
});

test('browsing and deploying go on while the registry is away', async () => {
  registry.refuse = () => ({ status: 503 });
  const { data } = await ask(
    '{ registryServer(name: "io.github.bob/notes-1") { title versions { version } } registryServers { totalCount } }',
  );
  expect(data).toEqual({
    registryServer: { title: 'notes-1', versions: [{ version: '1.0.0' }] },
    registryServers: { totalCount: 7 },
  });
  const started = await ask(
    'mutation { analyze(input: { source: "registry:com.example/far" }) { ... on Analysis { id databaseId } } }',
  );
  const analysis = started.data?.['analyze'] as { databaseId: string } | undefined; // as asked for
  const row = await vi.waitFor(
    async () => {
      const found = await rig.prisma.analysis.findUniqueOrThrow({ where: { id: analysis?.databaseId ?? '' } });
      expect(found.status).not.toBe('RUNNING');
      return found;
    },
    { timeout: 60_000 },
  );
  expect(row).toMatchObject({ status: 'DONE', result: { candidates: [{ verdict: 'REMOTE_ONLY' }] } });
  registry.refuse = null;
});

test('lets only the administrator start a sync, and reports its failure', async () => {
  const SYNC = `mutation { outcome: syncRegistry { __typename ... on UserError { code }
    ... on RegistrySyncPayload { sources { source listed } } } }`;
  const admin = (await rig.tokenFor(rig.owner.id)).token;
  const state = () => rig.prisma.registrySync.findFirstOrThrow();
  registry.servers.push(npmServer('io.github.cleo/fresh', { updatedAt: new Date().toISOString() }));
  const { nextAt } = await state();
  expect((await ask(SYNC)).data).toEqual({ outcome: { __typename: 'GenericUserError', code: 'FORBIDDEN' } });
  expect(await state()).toMatchObject({ nextAt });

  expect((await rig.ask(admin, SYNC)).data).toEqual({
    outcome: { __typename: 'RegistrySyncPayload', sources: [{ source: 'MCP_REGISTRY', listed: 7 }] },
  });
  await vi.waitFor(async () => expect(await rig.prisma.registryServer.count()).toBe(8), { timeout: 60_000 });

  await vi.waitFor(async () => expect((await state()).leaseUntil).toBeNull(), { timeout: 60_000 });
  registry.refuse = () => ({ status: 503 });
  await rig.ask(admin, SYNC);
  await vi.waitFor(async () => expect((await state()).error).toMatch(/status 503/), { timeout: 60_000 });
  expect((await ask('{ registrySync { error nextAt } registryServers { totalCount } }')).data).toMatchObject({
    registrySync: [{ error: 'The MCP registry answered with status 503.' }],
    registryServers: { totalCount: 8 },
  });
  registry.refuse = null;
});

test('rejects a signed-out reader of the list', async () => {
  const { errors } = await rig.ask(null, '{ registryServers { totalCount } }');
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});
