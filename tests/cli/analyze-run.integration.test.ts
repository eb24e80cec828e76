import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '#prisma/test-database.testing.ts';
import { writeTrialServer } from '../trials/trial-server.ts';
import { catwalk, type RunOptions } from './run-catwalk.ts';
import { type RunningServer, startServer } from './run-server.ts';

let folder = '';
let server: RunningServer;
let database: TestDatabase;
let options: RunOptions = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-cli-'));
  const dataDir = join(folder, 'data');
  database = await makeTestDatabase(dataDir);
  server = await startServer(dataDir, database.variables);
  await writeTrialServer(join(folder, 'orbit'), 'needs-variable');
  options = { cwd: folder, env: { CATWALK_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(folder, 'config') } };
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

test('analyze --run shows each start, the variable that the server insists on, and its tools', async () => {
  const { code, stdout, stderr } = await catwalk(['analyze', './orbit', '--run'], options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Starting it with nothing.');
  expect(stdout).toContain('The server needs ORBIT_TOKEN, and ended without it.');
  expect(stdout).toMatch(/ORBIT_TOKEN +required/);
  expect(stdout).toMatch(/greet +Greets\./);
});

test('analyze --run --json prints the analysis with its trial', async () => {
  const { code, stdout } = await catwalk(['analyze', './orbit', '--run', '--json'], options);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    candidates: [{ credentials: [{ name: 'ORBIT_TOKEN', required: true }], tools: [{ name: 'greet' }] }],
    trials: [{ status: 'DONE', conclusion: 'RUNS_WITH_VALUES', eras: ['LEGACY'] }],
  });
});
