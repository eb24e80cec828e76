import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { cleanEnvironment, endGroup } from './subprocess.ts';

const DRIVERS = path.join(import.meta.dirname, 'drivers');
const MARK = '\u0001interop ';

const lineSchema = z.union([
  z.object({ authorize: z.string() }),
  z.object({ step: z.string(), value: z.unknown() }),
  z.object({ step: z.string(), error: z.string() }),
]);

export type Step = { ok: true; value: unknown } | { ok: false; error: string };
type Options = { connect: object; call: { name: string; args: object }; list: object; close: object };

/** A client library in a process of its own, which does one step at a time. */
export async function startDriven(folder: string, driver: string, onAuthorize: (link: string) => void) {
  await copyFile(path.join(DRIVERS, 'drive.mjs'), path.join(folder, 'drive.mjs'));
  await copyFile(path.join(DRIVERS, driver), path.join(folder, 'driver.mjs'));
  const child = spawn(process.execPath, ['drive.mjs'], {
    cwd: folder,
    env: cleanEnvironment(folder),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let waiting: ((step: Step) => void) | null = null;
  let complaints = '';
  child.stdin.on('error', () => {}); // the process has ended, which its step reports
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = `${complaints}${text}`.slice(-2_000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith(MARK)) return;
    const said = lineSchema.parse(JSON.parse(line.slice(MARK.length)));
    if ('authorize' in said) onAuthorize(said.authorize);
    else waiting?.('error' in said ? { ok: false, error: said.error } : { ok: true, value: said.value });
  });
  const exited = once(child, 'exit');
  return {
    async step<Name extends keyof Options>(name: Name, options: Options[Name], limitMs: number): Promise<Step> {
      const answer = new Promise<Step>((resolve) => {
        waiting = resolve;
      });
      const late = Promise.withResolvers<Step>();
      const error = `It gave no answer within ${Math.round(limitMs / 1_000)} s.`;
      const timer = setTimeout(() => late.resolve({ ok: false, error }), limitMs);
      const ended = exited.then((): Step => ({ ok: false, error: `Its process ended: ${complaints.slice(-300)}` }));
      child.stdin.write(`${JSON.stringify({ step: name, ...options })}\n`);
      try {
        return await Promise.race([answer, late.promise, ended]);
      } finally {
        clearTimeout(timer);
        waiting = null;
      }
    },
    end: () => endGroup(child),
  };
}

export type Driven = Awaited<ReturnType<typeof startDriven>>;
