import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { DataFolderInUseError, holdDataFolder } from './data-folder.ts';
import { StartError } from './start-error.ts';

let parent = '';
let folder = '';
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'cw-folder-'));
  folder = path.join(parent, 'data');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const MODULE = JSON.stringify(path.resolve(import.meta.dirname, 'data-folder.ts'));

/** Holds the folder in another process, or prints why it cannot. `wrapper` is a command to run that process with. */
async function holdElsewhere(
  directory: string,
  wrapper: string[] = [],
): Promise<{ output: string; child: ChildProcess }> {
  const script = `import { holdDataFolder } from ${MODULE};
    const held = await holdDataFolder(${JSON.stringify(directory)}).then(() => 'held', ({ name }) => name);
    globalThis.gc?.(); // a lock is not freed with the last reference to it
    console.log(held);
    if (held === 'held') process.stdin.resume();`;
  const [command = '', ...words] = [...wrapper, process.execPath, '--expose-gc', '--input-type=module', '-e', script];
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [chunk] = await once(child.stdout, 'data');
  return { output: String(chunk).trim(), child };
}

/** A command that runs another one in network and process namespaces of its own, as a container does. */
const NAMESPACES = ['unshare', '--net', '--pid', '--fork', '--kill-child'];
const canUnshare = spawnSync(NAMESPACES[0] ?? '', [...NAMESPACES.slice(1), 'true']).status === 0;

describe('a data folder that one process holds', () => {
  test('is refused to another process and to this one, by whatever path', async () => {
    const held = await holdDataFolder(folder);
    expect((await holdElsewhere(folder)).output).toBe('DataFolderInUseError');
    await symlink(folder, path.join(parent, 'link'));
    await expect(holdDataFolder(path.join(parent, 'link'))).rejects.toBeInstanceOf(DataFolderInUseError);
    await held.release();
    expect((await holdElsewhere(folder)).output).toBe('held');
  });

  test.runIf(canUnshare)('is refused to a process in other namespaces, and the other way round', async () => {
    const held = await holdDataFolder(folder);
    expect((await holdElsewhere(folder, NAMESPACES)).output).toBe('DataFolderInUseError');
    await held.release();
    expect((await holdElsewhere(folder, NAMESPACES)).output).toBe('held');
    await expect(holdDataFolder(folder)).rejects.toBeInstanceOf(DataFolderInUseError);
  });

  test('is free as soon as that process is killed', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { output, child } = await holdElsewhere(folder);
      expect(output).toBe('held');
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await (await holdDataFolder(folder)).release();
  });
});

describe.skipIf(process.platform === 'win32')('a data folder', () => {
  const modeOf = async (target: string) => (await stat(target)).mode & 0o777;

  test('is made for its user alone', async () => {
    const held = await holdDataFolder(folder);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(path.join(folder, 'lock.sqlite'))).toBe(0o600);
    expect(held.repaired).toEqual([]);
    await held.release();
  });

  test('closes a data folder that other users can open, with its secrets, and reports it', async () => {
    await mkdir(folder, { mode: 0o755 });
    await writeFile(path.join(folder, 'secrets.json'), '{}', { mode: 0o644 });
    await chmod(folder, 0o755);
    const held = await holdDataFolder(folder);
    expect(held.repaired).toEqual([folder, path.join(folder, 'secrets.json')]);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(path.join(folder, 'secrets.json'))).toBe(0o600);
    await held.release();
  });

  test('with an open secrets file is repaired although the folder is closed', async () => {
    await mkdir(folder, { mode: 0o700 });
    await writeFile(path.join(folder, 'cli.json'), '{}', { mode: 0o644 });
    const held = await holdDataFolder(folder);
    expect(held.repaired).toEqual([path.join(folder, 'cli.json')]);
    await held.release();
  });

  test('refuses an open folder with files of other programs, and leaves it unchanged', async () => {
    await mkdir(folder);
    await chmod(folder, 0o755);
    await writeFile(path.join(folder, 'index.html'), '');
    await expect(holdDataFolder(folder)).rejects.toThrow(StartError);
    expect(await modeOf(folder)).toBe(0o755);
  });
});
