import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catwalk, startCatwalk } from './run-catwalk.ts';

/** A Node of this computer that cannot run TypeScript by itself, such as Debian's. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .filter((path) => existsSync(path))
  .find((path) => Number(execFileSync(path, ['-p', 'process.versions.node.split(".")[0]'])) < 22);

let home = '';
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'catwalk-cli-'));
  env = { XDG_CONFIG_HOME: home, CATWALK_DATA_DIR: join(home, 'data') };
});
afterAll(() => rm(home, { recursive: true, force: true }));

const nodes = [
  { name: 'the bundled Node', node: process.execPath },
  ...(oldNode ? [{ name: 'an older Node', node: oldNode }] : []),
];

describe.each(nodes)('catwalk, started by $name', ({ node }) => {
  test('prints its version and ends with 0', async () => {
    expect(await catwalk(['--version'], { env, node })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });

  test('ends wrong usage with 2, a sentence and where to look', async () => {
    for (const [words, message] of [
      [['deploy'], "Missing required argument 'source'."],
      [['fly'], "Unknown command 'fly'."],
      [['ls', '--color'], "Unknown option '--color'."],
      [['deploy', 'x', '--env', '=1'], '--env needs a name.'],
      [['ls', '--', 'x'], 'catwalk ls takes no words after --.'],
    ] as const) {
      const { code, stdout, stderr } = await catwalk([...words], { env, node });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
  });

  test('without a server says how to start one and ends with 1', async () => {
    const { code, stdout, stderr } = await catwalk(['ls'], { env, node });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/No Catwalk server.*\n.*npm start.*--server/);
  });

  test('with --json prints a failure on stdout too, and nothing else there', async () => {
    const { code, stdout } = await catwalk(['ls', '--json', '--server', 'http://127.0.0.1:1'], { env, node });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'SERVER_UNREACHABLE', retryable: true } });
  });

  test('ends with the signal it is sent, and what it started ends with it', async () => {
    const host = startCatwalk(['host', '--port', '0', '--json', '--', 'cat'], { env, node });
    await host.until(({ stdout }) => stdout.trimEnd().endsWith('}'));
    host.process.kill('SIGTERM');
    expect(await host.ended).toMatchObject({ code: 0, signal: null });
  });

  test('leaves nothing behind when it is killed outright', async () => {
    const host = startCatwalk(['host', '--port', '0', '--json', '--', 'cat'], { env, node });
    await host.until(({ stdout }) => stdout.trimEnd().endsWith('}'));
    const { status }: { status: string } = JSON.parse(host.stdout());
    expect((await fetch(status)).status).toBe(200);
    host.process.kill('SIGKILL');
    await host.ended; // the output closes after every other process that holds it has ended
    await expect(fetch(status)).rejects.toThrow();
  });
});

test('a reader that has enough ends the command quietly', async () => {
  const help = startCatwalk(['--help'], { env });
  help.process.stdout?.destroy();
  expect(await help.ended).toMatchObject({ code: 0, stderr: '' });
});
