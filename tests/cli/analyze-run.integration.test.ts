import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTrialServer } from '../trials/trial-server.ts';
import { type CliRig, openCliRig } from './rig.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await openCliRig();
  await writeTrialServer(join(rig.folder, 'orbit'), 'needs-variable');
});
afterAll(() => rig?.close());

test('analyze --run shows each start, the variable that the server insists on, and its tools', async () => {
  const { code, stdout, stderr } = await rig.run('analyze', './orbit', '--run');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Starting it with nothing.');
  expect(stdout).toContain('The server needs ORBIT_TOKEN, and ended without it.');
  expect(stdout).toMatch(/ORBIT_TOKEN +required/);
  expect(stdout).toMatch(/greet +Greets\./);
});

test('analyze --run --json prints the analysis with its trial', async () => {
  const { code, stdout } = await rig.run('analyze', './orbit', '--run', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    candidates: [{ credentials: [{ name: 'ORBIT_TOKEN', required: true }], tools: [{ name: 'greet' }] }],
    trials: [{ status: 'DONE', conclusion: 'RUNS_WITH_VALUES', eras: ['LEGACY'] }],
  });
});
