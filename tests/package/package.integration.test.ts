import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf, takeInventory } from '#deploy/host/install/inventory.ts';
import { findProcesses } from '../main-job/server-process.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Sizes that the README states, in MB. */
const PACKED_MB_MAX = 8;
const INSTALLED_MB_MAX = 325;

let folder = '';
let home = '';
let packed = '';

/** npm finds its registry as it does here; nothing of the checkout is on the PATH. */
const environment = () => ({
  PATH: `${path.join(home, 'bin')}:${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
  HOME: home,
  MCP_REGISTRY_URL: 'http://127.0.0.1:9',
  LOG_LEVEL: 'warn',
  npm_config_prefer_offline: 'true',
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^(npm_config_(cache|registry|cafile)|NODE_EXTRA_CA_CERTS)$/i.test(name),
    ),
  ),
});

async function run(command: string, args: readonly string[], cwd = folder): Promise<string> {
  const child = spawn(command, args, { cwd, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${output}${errors}`);
  return output;
}

/** Stands where the browser is opened: keeps the page that it was given. */
const OPENER = '#!/bin/sh\ncp "${1#file://}" "$HOME/opened.html"\n';

const catwalk = () => path.join(folder, 'node_modules/.bin/catwalk');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catwalk-package-'));
  home = await mkdtemp(path.join(tmpdir(), 'catwalk-home-'));
  await mkdir(path.join(home, 'bin'));
  await writeFile(path.join(home, 'bin/xdg-open'), OPENER, { mode: 0o755 });
  const pack = spawn('npm', ['run', '--silent', 'package'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(pack.stdout), once(pack, 'exit')]);
  expect(code).toBe(0);
  packed = path.join(ROOT, output.trim().split(' ')[0] ?? '');
  await writeFile(path.join(folder, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--no-audit', '--no-fund', packed]);
});
afterAll(async () => {
  for (const each of [folder, home]) await rm(each, { recursive: true, force: true });
});

test('is small, and carries what was built with the licenses of its parts', async () => {
  expect((await stat(packed)).size / 1e6).toBeLessThan(PACKED_MB_MAX);
  expect(bytesOf(await takeInventory(path.join(folder, 'node_modules'))) / 1e6).toBeLessThan(INSTALLED_MB_MAX);
  const installed = path.join(folder, 'node_modules/catwalk-mcp');
  expect((await readdir(path.join(installed, 'dist/client'))).toSorted()).toEqual(
    expect.arrayContaining(['index.html', 'index.html.br', 'index.html.gz']),
  );
  const licenses = await readFile(path.join(installed, 'LICENSES.md'), 'utf8');
  for (const name of ['express', 'graphql', '@prisma/client'])
    expect(licenses).toMatch(new RegExp(`^## ${name} \\d`, 'm'));
});

test('starts from an empty folder, keeps its data with the user, and deploys a real server', async () => {
  const server = spawn(catwalk(), ['start', '--port', '0', '--open'], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  try {
    let printed = '';
    for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
      printed += String(chunk);
      if (printed.includes('sign-in')) break;
    }
    server.stdout.resume();
    const url = /ready on (\S+)/.exec(printed)?.[1] ?? '';
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    const dataDir = path.join(home, '.local/share/catwalk');
    expect(await readdir(dataDir)).toContain('cli.json');
    const opened = () => readFile(path.join(home, 'opened.html'), 'utf8').catch(() => '');
    await expect.poll(opened).toContain(/http:\S+sign-in\S+/.exec(printed)?.[0]);
    expect((await stat(path.join(dataDir, 'open.html'))).mode & 0o077).toBe(0);

    const answer = await run(catwalk(), ['deploy', '@modelcontextprotocol/server-memory', '--json']);
    const deployed = JSON.parse(answer) as { status: string; tools: { name: string }[]; databaseId: string };
    expect(deployed.status).toBe('RUNNING');
    expect(deployed.tools.map(({ name }) => name)).toContain('create_entities');
    server.kill('SIGTERM');
    await exited;
    expect(await findProcesses(dataDir)).toEqual([]);
  } finally {
    server.kill('SIGKILL');
  }
});

test('has the commands that need no server', async () => {
  expect(await run(catwalk(), ['host', '--help'])).toContain('without a Catwalk server');
  expect(await run(catwalk(), ['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
});
