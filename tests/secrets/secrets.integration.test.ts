import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { makeTestDatabase, type TestDatabase } from '#prisma/test-database.testing.ts';
import { type Browser, openBrowser } from '#server/http/browser.testing.ts';
import { dumpRows } from './dump-rows.ts';
import { writeLeakyServer } from './leaky-server.ts';
import { sendMistakes } from './mistakes.ts';
import { createSentinels } from './sentinels.ts';
import { type LoudServer, processTree, readFiles, startLoudServer, startServices } from './server-process.ts';

/** Holds the keys and tokens of the server itself: readable by its user alone, and the only files that may. */
const OWN_FILES = ['secrets.json', 'cli.json'];
/** The files of the user for the running server: deleted with its machine. */
const CREDENTIAL_FILE = /\/home\/\.credentials\/[^/]+$/;

const sentinels = createSentinels();
let folder: string;
let dataDir: string;
let testDatabase: TestDatabase;
let services: Awaited<ReturnType<typeof startServices>>;
let server: LoudServer;
let browser: Browser;
/** Every response of GraphQL and endpoints, and every event of subscriptions. */
const heard: string[] = [];
const socket: { close(): unknown } = { close: () => {} };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cw-secrets-'));
  dataDir = path.join(folder, 'data');
  await writeLeakyServer(path.join(folder, 'leaky'));
  services = await startServices();
  const key = Buffer.from(sentinels.plant('encryption key').padEnd(80).slice(0, 32)).toString('base64');
  testDatabase = await makeTestDatabase(dataDir);
  server = await startLoudServer(dataDir, {
    ...testDatabase.variables,
    ENCRYPTION_KEY: `first:${sentinels.add('encryption key', key)}`,
    AUTH_SECRET: sentinels.plant('auth secret'),
    GITHUB_TOKEN: sentinels.plant('GitHub token of the server'),
    OPENROUTER_API_KEY: sentinels.plant('OpenRouter key of the server'),
    METRICS_TOKEN: sentinels.plant('metrics token'),
    GITHUB_API_URL: `${services.url}/github`,
    OPENROUTER_BASE_URL: `${services.url}/openrouter`,
    MCP_REGISTRY_URL: `${services.url}/registry`,
  });
  browser = openBrowser({ origin: server.url });
  await browser.useLink(server.signInUrl);
  sentinels.add('sign-in link', new URL(server.signInUrl).searchParams.get('token') ?? '');
  sentinels.add('session cookie', decodeURIComponent(/session_token=([^.;]+)/.exec(browser.cookie())?.[1] ?? ''));
  const cli = JSON.parse(await readFile(path.join(dataDir, 'cli.json'), 'utf8')) as { token: string }; // as it is written
  sentinels.add('token of the command line', cli.token);
});
afterAll(async () => {
  await socket.close();
  await server?.stop();
  services?.close();
  await testDatabase?.drop();
  await rm(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: answers to the documents below, whose fields stand in them
type Data = Record<string, any>;
async function ask(query: string, variables: object = {}): Promise<Data> {
  const answer = await browser.ask(query, variables);
  heard.push(JSON.stringify(answer));
  return answer.data ?? {};
}
/** The one answer that shows a secret that was just made. */
async function askShown(query: string, variables: object = {}): Promise<Data> {
  return (await browser.ask(query, variables)).data ?? {};
}

function follow(query: string, variables: Record<string, unknown>): void {
  client ??= connect();
  client.subscribe(
    { query, variables },
    { next: (event) => heard.push(JSON.stringify(event)), error() {}, complete() {} },
  );
}
let client: ReturnType<typeof createClient> | undefined;
function connect() {
  const cookie = browser.cookie();
  class PageSocket extends WebSocket {
    constructor(url: string | URL, protocols: string | string[]) {
      super(url, protocols, { headers: { cookie, origin: server.url } });
    }
  }
  const made = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: PageSocket });
  socket.close = () => made.dispose();
  return made;
}

const STATUS = `query ($id: ID!) { deployment(id: $id) { status failure { code message hint stderrTail }
  currentRelease { number } releases(first: 50) { edges { node { id number failure { code message stderrTail } } } } } }`;
const until = (id: string, is: (deployment: Data) => boolean) =>
  expect.poll(async () => is((await ask(STATUS, { id }))['deployment']), { timeout: 60_000, interval: 100 }).toBe(true);

async function call(endpointUrl: string, token: string): Promise<void> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const post = async (body: object, session?: string) => {
    const init = { method: 'POST', headers: { ...headers, ...(session ? { 'mcp-session-id': session } : {}) } };
    const answer = await fetch(endpointUrl, { ...init, body: JSON.stringify({ jsonrpc: '2.0', ...body }) });
    heard.push(await answer.text());
    return answer;
  };
  const initialize = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const begun = await post({ id: 1, method: 'initialize', params: initialize });
  const session = begun.headers.get('mcp-session-id') ?? '';
  await post({ method: 'notifications/initialized' }, session);
  expect((await post({ id: 2, method: 'tools/call', params: { name: 'work', arguments: {} } }, session)).status).toBe(
    200,
  );
}

test('no secret is anywhere but where it is meant to be, through the life of a deployment', {
  timeout: 200_000,
}, async () => {
  // Settings and tokens.
  await ask('mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { __typename } }', {
    input: { gitHubToken: sentinels.plant('own GitHub token'), openRouterKey: sentinels.plant('own OpenRouter key') },
  });
  const made = await askShown(
    'mutation { createApiToken(input: { name: "script" }) { ... on ApiTokenPayload { token } } }',
  );
  sentinels.add('API token', made['createApiToken'].token);

  // Analyze and deploy.
  const analyze = 'mutation ($s: String!) { analyze(input: { source: $s }) { ... on Analysis { id } } }';
  const analysis = (await ask(analyze, { s: path.join(folder, 'leaky') }))['analyze'].id;
  const read = `query ($id: ID!) { analysis(id: $id) { status candidates { key credentials { name kind } arguments { name kind } } } }`;
  follow('subscription ($id: ID!) { analysisProgress(id: $id) { analysis { status } } }', { id: analysis });
  await expect
    .poll(async () => (await ask(read, { id: analysis }))['analysis'].status, { timeout: 60_000 })
    .toBe('DONE');
  const [candidate] = (await ask(read, { id: analysis }))['analysis'].candidates;
  expect(candidate).toMatchObject({
    credentials: expect.arrayContaining([
      { name: 'LEAKY_KEY', kind: 'SECRET' },
      { name: 'LEAKY_KEY_FILE', kind: 'FILE' },
    ]),
    arguments: expect.arrayContaining([expect.objectContaining({ kind: 'SECRET' })]),
  });
  const argument = candidate.arguments.find(({ kind }: Data) => kind === 'SECRET').name;
  const deployed = await askShown(
    `mutation ($input: DeployInput!) { deploy(input: $input) {
      ... on DeployPayload { accessToken deployment { id databaseId endpointUrl } } ... on UserError { message } } }`,
    {
      input: {
        analysisId: analysis,
        acceptUnverified: true,
        credentials: [
          { name: 'LEAKY_KEY', value: sentinels.plant('credential') },
          {
            name: 'LEAKY_KEY_FILE',
            value: Buffer.from(`{\n"key": "${sentinels.plant('file')}"\n}`).toString('base64'),
          },
        ],
        arguments: [{ name: argument, value: sentinels.plant('secret argument') }],
        extraArguments: ['--more-token', sentinels.plant('secret extra argument')],
        extraEnvironment: [{ name: 'LEAKY_EXTRA', value: sentinels.plant('extra variable') }],
      },
    },
  );
  const { accessToken, deployment } = deployed['deploy'];
  const { id, endpointUrl } = deployment;
  sentinels.add('access token', accessToken);
  follow('subscription ($id: ID!) { deploymentLogs(id: $id) { text } }', { id });
  follow(
    'subscription ($id: ID!) { deploymentStatus(id: $id) { status message deployment { failure { message stderrTail } } } }',
    { id },
  );
  follow('subscription { deploymentsChanged { message } }', {});
  await until(id, ({ status }) => status === 'RUNNING');

  // Calls, with the first token, another one, and the playground's.
  await call(endpointUrl, accessToken);
  const token = `mutation ($id: ID!) { createAccessToken(input: { deploymentId: $id, name: "other" }) { ... on AccessTokenPayload { token accessToken { id } } } }`;
  const other = (await askShown(token, { id }))['createAccessToken'];
  await call(endpointUrl, sentinels.add('another access token', other.token));
  await ask('mutation ($id: ID!) { revokeAccessToken(id: $id) { __typename } }', { id: other.accessToken.id });
  const play = `mutation ($id: ID!) { createPlaygroundToken(deploymentId: $id) { ... on PlaygroundToken { token } } }`;
  await call(
    endpointUrl,
    sentinels.add('playground token', (await askShown(play, { id }))['createPlaygroundToken'].token),
  );
  expect(
    heard.filter((text) => text.includes('[redacted]')).length,
    'the server did tell what it knows',
  ).toBeGreaterThan(5);

  // While it runs: command lines and files.
  for (const { commandLine } of await processTree(server.pid)) {
    // An argument is on the command line of the server that asks for it there, and nowhere else.
    const isServer = commandLine.includes('mcp-server-leaky') || commandLine.includes('leaky/index.mjs');
    expect(
      sentinels.foundIn(commandLine).filter((name) => !(isServer && /^secret .*argument$/.test(name))),
      commandLine,
    ).toEqual([]);
  }
  const running = (await readFiles(dataDir)).filter(({ content }) => sentinels.foundIn(content).length > 0);
  for (const file of running) {
    const names = `${file.path}: ${sentinels.foundIn(file.content)}`;
    expect(OWN_FILES.includes(file.path) || CREDENTIAL_FILE.test(`/${file.path}`), names).toBe(true);
    expect(file.mode, file.path).toBe(0o600);
    if (CREDENTIAL_FILE.test(`/${file.path}`)) expect(sentinels.foundIn(file.content)).toEqual(['file']);
  }
  expect(
    running.some(({ path: file }) => CREDENTIAL_FILE.test(`/${file}`)),
    'the file is where its server finds it',
  ).toBe(true);

  // Redeploy, a start that fails and says why, back again, other credentials, rotation, stop and start.
  const change = async (mutation: string, is: (deployment: Data) => boolean, variables: object = {}) => {
    await ask(mutation, { id, ...variables });
    await until(id, is);
  };
  const release =
    (number: number) =>
    ({ status, currentRelease }: Data) =>
      status === 'RUNNING' && currentRelease.number === number;
  await change('mutation ($id: ID!) { redeploy(input: { id: $id }) { __typename } }', release(2));
  const update = `mutation ($id: ID!, $set: [KeyValueInput!]!, $unset: [String!]!) {
    updateCredentials(input: { id: $id, set: $set, unset: $unset }) { __typename ... on UserError { message } } }`;
  const failing = [
    { name: 'LEAKY_KEY', value: sentinels.plant('refused credential') },
    { name: 'LEAKY_FAIL', value: 'yes please' },
  ];
  await change(
    update,
    ({ releases }) => releases.edges.some(({ node }: Data) => node.number === 3 && node.failure !== null),
    { set: failing, unset: [] },
  );
  await change(update, release(4), {
    set: [{ name: 'LEAKY_KEY', value: sentinels.plant('new credential') }],
    unset: ['LEAKY_FAIL'],
  });
  await change('mutation ($id: ID!) { rollback(input: { id: $id }) { __typename } }', release(5));
  await ask('mutation { rotateKeys { __typename } }');
  await change(
    'mutation ($id: ID!) { restartDeployment(id: $id) { __typename } }',
    ({ status }) => status === 'RUNNING',
  );
  await change('mutation ($id: ID!) { stopDeployment(id: $id) { __typename } }', ({ status }) => status === 'STOPPED');
  await change('mutation ($id: ID!) { startDeployment(id: $id) { __typename } }', ({ status }) => status === 'RUNNING');

  // The requests afterwards: everything that is stored, and deliberate failures.
  await ask(
    `query ($id: ID!) { deployment(id: $id) { logs(tail: 5000) { text } events(first: 100) { edges { node { message } } }
    accessTokens { name prefix } releases(first: 50) { edges { node { package failure { message stderrTail } } } } } }`,
    { id },
  );
  await ask(
    '{ auditEvents(first: 200) { edges { node { type actor ip data } } } viewer { apiTokens { prefix } sessions { id } } }',
  );
  await ask('{ viewer { nothing } }');
  await sendMistakes(browser, server.url, id, sentinels);
  heard.push(await (await browser.send('/api/audit.jsonl')).text());
  heard.push(
    await (await fetch(endpointUrl, { method: 'POST', headers: { authorization: `Bearer x${accessToken}` } })).text(),
  );
  await ask('mutation ($id: ID!) { deleteDeployment(id: $id) { __typename } }', { id });
  await expect
    .poll(async () => (await ask(STATUS, { id }))['deployment'], { timeout: 60_000, interval: 100 })
    .toBeNull();
  await socket.close();
  expect(sentinels.foundIn(heard.join('\n')), 'answers and events').toEqual([]);

  await server.stop();
  expect(sentinels.foundIn(server.log()), 'the log').toEqual([]);
  expect(server.log().length).toBeGreaterThan(10_000);

  const left = (await readFiles(dataDir)).filter(({ content }) => sentinels.foundIn(content).length > 0);
  expect(
    left.map(({ path: file }) => file).filter((file) => !OWN_FILES.includes(file)),
    'files that are left',
  ).toEqual([]);
  expect(sentinels.foundIn(await dumpRows(testDatabase.variables, dataDir)), 'the database').toEqual([]);
});
