import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { openFlyProcessors } from './fly-processors.ts';

const processors = openFlyProcessors();

/** Burns the processor until it has used so many seconds of it; resolves with the wall time. */
const burn = async (seconds: number, cpus: number): Promise<number> => {
  const program = `process.stdin.once('data', () => {
    const from = performance.now();
    while (process.cpuUsage().user + process.cpuUsage().system < ${seconds * 1e6});
    process.stdout.write(String(performance.now() - from));
    process.exit();
  })`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  processors?.limit('burn', child.pid ?? 0, { kind: 'shared', cpus });
  child.stdin.write('go');
  const [text] = await once(child.stdout, 'data');
  await once(child, 'exit');
  return Number(String(text)) / 1_000;
};

test.skipIf(processors === null)(
  'a shared processor slows down once its burst is used up, and a larger one less',
  { timeout: 120_000 },
  async () => {
    // 5.4 s of work: 5 s at full speed, and the rest at a sixteenth or a quarter of a core.
    const [small, large] = await Promise.all([burn(5.4, 1), burn(5.4, 4)]);
    processors?.close();
    expect(small).toBeGreaterThan(5.4 + 0.2 * 16);
    expect(large).toBeLessThan(small);
  },
);
