import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { catwalk, startCatwalk } from './run-catwalk.ts';

const STDIO_SERVER = fileURLToPath(new URL('../fixtures/stdio/server.ts', import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function startHost(words: string[], env: NodeJS.ProcessEnv = {}) {
  const host = startCatwalk(['host', '--port', '0', '--json', ...words], { env });
  onTestFinished(async () => {
    host.process.kill('SIGTERM');
    await host.ended;
  });
  await host.until(({ stdout }) => stdout.trimEnd().endsWith('}'));
  const { url }: { url: string } = JSON.parse(host.stdout());
  return { url, host };
}

async function connect(url: string, headers: Record<string, string> = {}) {
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  onTestFinished(() => client.close());
  return client;
}

async function callText(client: Client, name: string): Promise<string> {
  const { content } = await client.callTool({ name, arguments: {} });
  const [first] = content;
  return first?.type === 'text' ? first.text : '';
}

test('serves a stdio command, which sees only the variables it was given', async () => {
  const { url } = await startHost(['--env', 'GIVEN=1', '--env', 'TAKEN', '--', 'node', STDIO_SERVER], {
    TAKEN: '2',
    HIDDEN: '3',
  });
  const client = await connect(url);
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
  const environment = JSON.parse(await callText(client, 'env'));
  expect(environment).toMatchObject({ GIVEN: '1', TAKEN: '2' });
  expect(Object.keys(environment)).not.toContain('HIDDEN');
});

test('passes everything after -- to the command, options included', async () => {
  const script = join(folder, 'show-arguments.mjs');
  await writeFile(
    script,
    'process.stderr.write(JSON.stringify(process.argv.slice(2)) + "\\n"); process.stdin.resume();',
  );
  const { host } = await startHost(['--', 'node', script, '--port', '1', '--', '--json', 'a b']);
  await host.until(({ stderr }) => stderr.includes('["--port","1","--","--json","a b"]'));
});

test('with a token, refuses callers that do not send it', async () => {
  const { url } = await startHost(['--token', 'secret', '--', 'node', STDIO_SERVER]);
  await expect(connect(url)).rejects.toThrow();
  const client = await connect(url, { 'catwalk-host-token': 'secret' });
  expect((await client.listTools()).tools.length).toBeGreaterThan(0);
});

test('gives each session a process of its own unless they are to share one', async () => {
  const alone = await startHost(['--', 'node', STDIO_SERVER]);
  const shared = await startHost(['--isolation', 'shared', '--', 'node', STDIO_SERVER]);
  const pids = async (url: string) => [
    await callText(await connect(url), 'pid'),
    await callText(await connect(url), 'pid'),
  ];
  const [first, second] = await pids(alone.url);
  expect(first).not.toBe(second);
  const [third, fourth] = await pids(shared.url);
  expect(third).toBe(fourth);
});

test('refuses wrong usage with 2 and a port in use with 1, with a sentence each', async () => {
  const { url } = await startHost(['--', 'node', STDIO_SERVER]);
  const { port } = new URL(url);
  expect(await catwalk(['host', '--port', port, '--', 'node', STDIO_SERVER])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(`Port ${port} is in use.`),
  });
  expect(await catwalk(['host'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Which command?') });
  expect(await catwalk(['host', '--listen', '0.0.0.0', '--', 'node'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('loopback'),
  });
  expect(await catwalk(['host', '--isolation', 'x', '--', 'node'])).toMatchObject({ code: 2 });
});

test('loads nothing that must be built first, and no server', async () => {
  const hook = join(folder, 'loaded.mjs');
  await writeFile(
    hook,
    `import { registerHooks } from 'node:module';
     registerHooks({ load: (url, context, next) => (process.stderr.write('loaded ' + url + '\\n'), next(url, context)) });`,
  );
  const { host } = await startHost(['--', 'node', STDIO_SERVER], { NODE_OPTIONS: `--import=${hook}` });
  const own = host
    .stderr()
    .match(/(?<=^loaded file:\/\/).*/gm)
    ?.map((path) => path.replace(/.*\/(?=(server|deploy|schema|prisma|client|node_modules)\/)/, ''));
  expect(own?.length).toBeGreaterThan(20);
  // server/connect: the names of clients, which the help lists
  const elsewhere = own?.filter(
    (path) =>
      !/^(server\/cli\/|server\/connect\/|server\/process\/installation\.ts$|deploy\/host\/|node_modules\/commander\/)/.test(
        path,
      ) && path !== hook,
  );
  expect(elsewhere).toEqual([]);
});
