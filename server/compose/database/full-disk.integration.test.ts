import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { isDiskFull } from '#prisma/disk-full.ts';
import { ensureSecrets } from '../keys/secrets.ts';
import { openServerDatabase } from './open-database.ts';

const SIZE_MB = 160;
const BLOCK = Buffer.alloc(64 * 1024);
const ROW = 'x'.repeat(20_000);

/** A disk of its own, which only an administrator can mount. */
function mountDisk(): string | null {
  if (process.platform !== 'linux') return null;
  const folder = mkdtempSync(path.join(tmpdir(), 'cw-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
}

const disk = mountDisk();
if (disk === null) process.stderr.write('A full disk is not tested: this user cannot mount one.\n');
const filler = path.join(disk ?? '', 'filler');

function fill(): void {
  const file = openSync(filler, 'w');
  try {
    for (;;) writeSync(file, BLOCK);
  } catch {
    // full
  } finally {
    closeSync(file);
  }
}

describe.runIf(disk !== null)('a full disk', () => {
  let dataDir: string;
  let database: Database;
  const saved: string[] = [];
  beforeAll(async () => {
    dataDir = path.join(disk ?? '', 'data');
    mkdirSync(dataDir);
    database = await openServerDatabase({}, dataDir);
  });
  afterAll(async () => {
    await database?.close();
    execFileSync('umount', ['-l', disk ?? '']); // lazily: a database that stopped keeps files open
    rmSync(disk ?? '', { recursive: true });
  });

  const save = async (id: string): Promise<unknown> => {
    try {
      await database.prisma.user.create({ data: { id, name: ROW, email: `${id}@example.com` } });
      saved.push(id);
      return null;
    } catch (error) {
      return error;
    }
  };
  const kept = async () => (await database.prisma.user.findMany({ select: { id: true } })).map(({ id }) => id).sort();

  test('refuses what it has no room for, keeps everything before, and takes writes again with room', async () => {
    fill();
    let error: unknown = null;
    for (let count = 0; count < 1_000 && error === null; count += 1) error = await save(`row-${count}`);
    expect(isDiskFull(error)).toBe(true);
    expect(await kept()).toEqual([...saved].sort());
    rmSync(filler);
    expect(await save('later')).toBeNull();
    expect(await kept()).toEqual([...saved].sort());
  });

  test('that stops the log of the database is reported, and the next start finds everything', async () => {
    fill();
    let error: unknown = null;
    for (let count = 0; count < 20 && error === null; count += 1) {
      const grown = database.prisma.$queryRaw`SELECT pg_switch_wal()::text`.then(() => save(`switched-${count}`));
      error = await grown.catch((reason: unknown) => reason);
    }
    expect((await database.broken).message).toContain('has stopped');
    // a further query is refused instead of blocking the process for ever
    expect(isDiskFull(await save('too-late'))).toBe(true);
    rmSync(filler);
    // the process ends without closing; another one opens the folder
    database = await openServerDatabase({}, dataDir);
    expect(await kept()).toEqual([...saved].sort());
  });

  test('stops a start with a sentence', async () => {
    const other = path.join(disk ?? '', 'other');
    mkdirSync(other);
    fill();
    const refusal = { name: 'StartError', message: expect.stringContaining('is full') };
    await expect(openServerDatabase({}, other)).rejects.toMatchObject(refusal);
    await expect(ensureSecrets({}, other)).rejects.toMatchObject(refusal);
    rmSync(filler);
  });
});
