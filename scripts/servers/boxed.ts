import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';

/** The folders of one server, all of them its own. */
export type Folders = { install: string; home: string; work: string };
export type Boxed = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts a program of an installed package with bubblewrap: its own folders can be written, the rest of the disk only read,
 * no network but an empty loopback, and no process outlives it. A server that calls home without being asked to, calls nothing.
 */
export function startBoxed(folders: Folders, words: string[], variables: Record<string, string>): Boxed {
  const writable = Object.values(folders).flatMap((folder) => ['--bind', folder, folder]);
  const flags = ['--unshare-net', '--unshare-pid', '--die-with-parent', '--proc', '/proc', '--dev', '/dev'];
  return spawn(
    'bwrap',
    [
      ...['--ro-bind', '/', '/', '--tmpfs', '/root', '--tmpfs', '/tmp'],
      ...writable,
      ...flags,
      '--chdir',
      folders.work,
      process.execPath,
      ...words,
    ],
    {
      env: { PATH: process.env['PATH'] ?? '', HOME: folders.home, LANG: 'C.UTF-8', ...variables },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
}

const HERTZ = 100; // the unit of times in /proc on Linux, whatever the kernel's own is
const PAGE_BYTES = 4096;

async function statOf(pid: string): Promise<{ parent: string; seconds: number; bytes: number } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null); // the process has ended
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [ticks, pages] = [Number(fields[11]) + Number(fields[12]), Number(fields[21])];
  return { parent: fields[1] ?? '', seconds: ticks / HERTZ, bytes: pages * PAGE_BYTES };
}

/** Processor seconds and resident memory of a process with its descendants, as the kernel counts them (proc(5)). */
export async function costOf(pid: number): Promise<{ seconds: number; megabytes: number; processes: number }> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = new Map(
    (await Promise.all(pids.map(async (id) => [id, await statOf(id)] as const))).filter(([, stat]) => stat),
  );
  const below = new Set([String(pid)]);
  for (let before = 0; before < below.size; ) {
    before = below.size;
    for (const [id, stat] of all) if (stat && below.has(stat.parent)) below.add(id);
  }
  const stats = [...below].flatMap((id) => all.get(id) ?? []);
  return {
    seconds: stats.reduce((sum, { seconds }) => sum + seconds, 0),
    megabytes: Math.round(stats.reduce((sum, { bytes }) => sum + bytes, 0) / 1_048_576),
    // bubblewrap and its first process are not the server's
    processes: Math.max(0, below.size - 2),
  };
}
