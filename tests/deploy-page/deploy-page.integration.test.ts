/** Every command of docs/deploy-to-fly.md, in order, against stand-ins for Fly: what the page says can be done. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { startRegistry, type TestRegistry } from '#deploy/image/registry.testing.ts';
import { createLocalMachines, type LocalMachines } from '#deploy/local/local-machines.ts';
import { freePort, startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { openBrowser } from '#server/http/browser.testing.ts';
import { catwalk, startCatwalk } from '../cli/run-catwalk.ts';
import { type FlyAnswer, type FlyCall, installFly, parseFly } from './flyctl.ts';
import { type PageCommand, ROOT, readCommands } from './page.ts';
import { startPrivateNetwork } from './private-network.ts';

const run = promisify(execFile);
const TOKEN = 'fm2_acme';
const BACKEND = 'acme-catwalk';
const stack = new AsyncDisposableStack();

let folder: string;
let postgres: TestPostgres;
let fly: LocalMachines;
let registry: TestRegistry;
let image = '';
let network: Awaited<ReturnType<typeof startPrivateNetwork>>;
let output = '';
let port = 0;
let origin = '';
let isRunning = false;
const secrets: Record<string, string> = {};
const ran: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catwalk-page-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  port = await freePort();
  origin = `http://localhost:${port}`;
  postgres = await startPostgres();
  stack.defer(() => postgres.stop());
  registry = await startRegistry(() => 'acme', { acme: TOKEN });
  stack.defer(registry.close);
  fly = await createLocalMachines({
    dataDir: folder,
    cacheDir: path.join(folder, 'cache'),
    port: 0,
    token: TOKEN,
    apps: [],
  });
  stack.defer(fly.close);
  const machines = createMachinesClient({ baseUrl: fly.baseUrl, token: TOKEN, rateLimit: false });
  stack.defer(machines.close);
  network = await startPrivateNetwork(machines);
  stack.defer(network.close);
  const double = await installFly(path.join(folder, 'bin'), handle);
  stack.defer(double.close);
}, 60_000);
afterAll(() => stack.disposeAsync());

/** The environment of the backend on Fly, with addresses of this computer. */
const backendEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ...secrets,
  ...network.environment,
  NODE_ENV: 'production',
  TRUST_PROXY: 'fly',
  HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
  // The doctor asks there; nothing answers on this computer.
  PUBLIC_URL: 'https://localhost:1',
  DATABASE_URL: postgres.url,
  DIRECT_DATABASE_URL: postgres.url,
  FLY_API_BASE_URL: fly.baseUrl,
  FLY_MCP_IMAGE: image,
  CATWALK_DATA_DIR: path.join(folder, 'backend'),
});

async function startBackend(): Promise<void> {
  const environment = { ...backendEnvironment(), PORT: String(port), PUBLIC_URL: origin };
  await run(process.execPath, ['scripts/migrate.ts'], { cwd: ROOT, env: environment });
  const child = spawn(process.execPath, ['server/main.ts'], { cwd: ROOT, env: environment });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  stack.defer(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  await eventually('the backend is ready', () => output.includes('Catwalk is ready'), 90_000);
  isRunning = true;
}

/** What Fly does for a command of flyctl. */
async function handle({ command, words, flags }: FlyCall): Promise<FlyAnswer> {
  const machines = createMachinesClient({ baseUrl: fly.baseUrl, token: TOKEN, rateLimit: false });
  try {
    const [name = ''] = words;
    switch (command) {
      case 'apps create':
        await machines.ensureApp({ name, organization: flags['org'] ?? 'personal' });
        return { stdout: `New app created: ${name}\n` };
      case 'apps destroy':
        await machines.deleteApp(name);
        return {};
      case 'auth token':
      case 'tokens create org':
        return { stdout: `FlyV1 ${TOKEN}\n` };
      case 'secrets set':
        for (const word of words) secrets[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
        return {};
      case 'deploy': {
        const isImage = flags['build-only'] !== undefined;
        const app = flags['app'] ?? BACKEND;
        if (isImage)
          image = `${registry.host}/${app}@${registry.addImage(app, ['base', 'host'], flags['image-label'])}`;
        else if (!isRunning) await startBackend();
        return {};
      }
      case 'ssh console': {
        const script = /^npm --prefix \/app run ([\w:-]+)$/.exec(flags['C'] ?? '')?.[1];
        const variable = /^printenv (\w+)$/.exec(flags['C'] ?? '')?.[1];
        if (variable !== undefined) return { stdout: `${secrets[variable] ?? ''}\n`, code: secrets[variable] ? 0 : 1 };
        if (script === 'fly:first-hour') return {}; // server/first-hour has tests of its own
        if (script === undefined) throw new Error(`The page runs something else in a machine: ${flags['C']}`);
        const done = await run('npm', ['--prefix', ROOT, 'run', '--silent', script], {
          env: backendEnvironment(),
        }).catch((error: { stdout: string; code: number }) => error);
        return { stdout: done.stdout, code: 'code' in done ? Number(done.code) : 0 };
      }
      case 'logs':
        return { stdout: output };
      default:
        return {};
    }
  } finally {
    await machines.close();
  }
}

const ANYWHERE = { 'git pull': true, 'npm ci': true };

/** Runs a command in a shell as a reader would, with the names of this computer where the page has Fly's. */
async function perform(text: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const here = text
    .replaceAll('https://acme-catwalk.fly.dev', origin)
    .replace('npm run fly:image --', `npm run fly:image -- --registry ${registry.host}`);
  const { stdout } = await run('/bin/bash', ['-c', here], {
    cwd: ROOT,
    env: {
      ...process.env,
      PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}`,
      XDG_CONFIG_HOME: path.join(folder, 'config'),
      ...environment,
    },
    timeout: 120_000,
  }).catch((error: Error & { stdout?: string; stderr?: string }) => {
    throw new Error(`${text} failed: ${error.stdout}${error.stderr}`);
  });
  ran.push(text);
  return stdout;
}

const commandsOf = async (matches: (command: PageCommand) => boolean) => (await readCommands()).filter(matches);

test('from nothing to a backend that answers, with the commands of the page', { timeout: 300_000 }, async () => {
  const blocks = await commandsOf(({ isBlock, text }) => isBlock && !text.startsWith('npx'));
  for (const { text } of blocks) {
    const stdout = await perform(text);
    if (text.includes('fly:image')) expect(stdout).toContain(`FLY_MCP_IMAGE=${image}`);
    if (text.includes('fly:doctor')) expect(stdout).toContain('✓ token');
    if (text.startsWith('fly logs')) expect(stdout).toContain('/sign-in?token=');
  }
  expect(secrets).toMatchObject({
    FLY_ORG: 'acme',
    FLY_MCP_APP_NAME: 'acme-catwalk-mcp',
    FLY_API_TOKEN: `FlyV1 ${TOKEN}`,
  });
  expect(secrets['ENCRYPTION_KEY']).toMatch(/^k1:.{44}$/);
  expect((await fetch(`${origin}/api/live`)).status).toBe(200);
});

test('from the link in the log to the first endpoint, with the commands of the page', {
  timeout: 300_000,
}, async () => {
  const [login, deploy, doctor] = (await commandsOf(({ isBlock, text }) => isBlock && text.startsWith('npx'))).map(
    ({ text }) => wordsOf(text.replaceAll('https://acme-catwalk.fly.dev', origin).split(' ').slice(2)),
  );
  const elsewhere = { cwd: folder, env: { CATWALK_DATA_DIR: path.join(folder, 'none'), XDG_CONFIG_HOME: folder } };
  const browser = openBrowser({ origin });
  await browser.useLink(/http:\S+\/sign-in\?token=[\w-]+/.exec(output)?.[0] ?? '');
  const loggingIn = startCatwalk(login ?? [], elsewhere);
  await loggingIn.until(({ stderr }) => /Waiting/.test(stderr));
  const [, code = ''] = /#([A-Z]{4}-[A-Z]{4})/.exec(loggingIn.stderr()) ?? [];
  const allow = `mutation { allowDevice(input: { code: "${code}", scope: WRITE, days: 7 }) { __typename } }`;
  expect((await browser.ask(allow)).data).toEqual({ allowDevice: { __typename: 'DeviceAnswerPayload' } });
  expect(await loggingIn.ended).toMatchObject({ code: 0 });
  const deployed = await catwalk(deploy ?? [], elsewhere);
  expect(deployed).toMatchObject({ code: 0, stdout: expect.stringContaining('/api/mcp/') });
  const id = /\/api\/mcp\/([0-9a-f-]{36})/.exec(deployed.stdout)?.[1] ?? '';
  expect(
    await catwalk(
      (doctor ?? []).map((word) => word.replace('…', id)),
      elsewhere,
    ),
  ).toMatchObject({ code: 0 });
});

test('the commands in running text are ones that flyctl and npm know', async () => {
  const spans = await commandsOf(({ isBlock }) => !isBlock);
  const scripts = (await import('../../package.json', { with: { type: 'json' } })).default.scripts;
  for (const { text } of spans) {
    const [program, ...args] = text.split(' ');
    if (program === 'fly') expect(() => parseFly(wordsOf(args)), text).not.toThrow();
    else if (program === 'npm' && args[0] === 'run') expect(Object.keys(scripts), text).toContain(args[1]);
    else expect(program === 'npm' || program === 'npx' || text in ANYWHERE, text).toBe(true);
  }
});

test('the page names the cost of each of its steps', async () => {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(path.join(ROOT, 'docs/deploy-to-fly.md'), 'utf8');
  const steps = [...text.matchAll(/^## (\d)\. /gm)].map(([, number]) => number);
  const [, table = ''] = /\| step \| what \| dollars \|\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const costs = [...table.matchAll(/^\| (\d) \|.*\| [^|]*\d[^|]* \|$/gm)].map(([, number]) => number);
  expect(costs).toEqual(steps);
});

/** Words of a command line without a shell: quotes keep a word together, an ellipsis stands for a value. */
const wordsOf = (args: readonly string[]): string[] =>
  [...args.join(' ').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
