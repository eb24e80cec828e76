import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = '/sys/fs/cgroup';
const PERIOD_MICROS = 20_000;

export type CpuQuota = {
  /** Gives a process this share (0 to 1) of one core and no more. */
  limit(pid: number, share: number): Promise<void>;
  /** Takes the limits away; the processes must have ended. */
  close(): Promise<void>;
};

/** Limits processes by Linux control groups of either version; null where this user may make none. */
export async function openCpuQuota(): Promise<CpuQuota | null> {
  const isSecond = existsSync(`${ROOT}/cgroup.controllers`);
  const parent = isSecond ? ROOT : `${ROOT}/cpu`;
  const folders: string[] = [];
  const open = async (): Promise<string> => {
    const folder = path.join(parent, `catwalk-bench-${randomUUID()}`);
    await mkdir(folder);
    folders.push(folder);
    return folder;
  };
  try {
    if (isSecond) await writeFile(`${parent}/cgroup.subtree_control`, '+cpu');
    await open();
  } catch {
    return null; // no such file system here, or not ours to write
  }
  return {
    limit: async (pid, share) => {
      const folder = await open();
      const micros = Math.round(PERIOD_MICROS * share);
      if (isSecond) await writeFile(`${folder}/cpu.max`, `${micros} ${PERIOD_MICROS}`);
      else {
        await writeFile(`${folder}/cpu.cfs_period_us`, String(PERIOD_MICROS));
        await writeFile(`${folder}/cpu.cfs_quota_us`, String(micros));
      }
      await writeFile(`${folder}/cgroup.procs`, String(pid));
    },
    close: async () => {
      for (const folder of folders) await removeEmpty(folder);
    },
  };
}

/** A process that has just ended may be counted for a moment still. */
async function removeEmpty(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rmdir(folder);
    } catch (error) {
      if (attempt >= 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
