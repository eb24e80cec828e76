import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDeployment, openTestApp, recordStatus, type TestApp } from '#server/compose/app.testing.ts';
import { type Example, examplesIn } from './examples.ts';

const run = promisify(execFile);
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

const RUNNERS: Record<string, { file: string; command: string }> = {
  sh: { file: 'example.sh', command: 'sh' },
  ts: { file: 'example.ts', command: process.execPath },
  python: { file: 'example.py', command: 'python3' },
};

const page = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
const examples = examplesIn(page);

let rig: TestApp;
let folder: string;
let env: NodeJS.ProcessEnv;
let id: string;

beforeAll(async () => {
  rig = await openTestApp();
  const ann = await rig.addUser('ann');
  id = (await addDeployment(rig.prisma, ann.id, 'Weather')).id;
  // stopped, so that no worker has anything to do with it
  await rig.prisma.deployment.update({ where: { id }, data: { desired: 'STOPPED' } });
  await recordStatus(rig, { id, ownerId: ann.id }, 'STOPPED', 'Stopped by Ann.');
  env = { ...process.env, CATWALK_URL: rig.origin, CATWALK_TOKEN: ann.token, DEPLOYMENT_ID: id };
  folder = await mkdtemp(path.join(tmpdir(), 'catwalk-api-'));
  await symlink(MODULES, path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
});
afterAll(async () => {
  await rig?.close();
  await rm(folder, { recursive: true, force: true });
});

async function output({ language, code }: Example): Promise<string> {
  const runner = RUNNERS[language];
  if (!runner) throw new Error(`Nothing runs ${language}.`);
  const file = path.join(folder, runner.file);
  await writeFile(file, code);
  const { stdout } = await run(runner.command, [file], { env, cwd: folder, timeout: 60_000 });
  return stdout;
}

const ofLanguage = (language: string) => examples.filter((example) => example.language === language);

test('has examples for curl, TypeScript and Python, and no block that nothing runs', () => {
  expect([...new Set(examples.map(({ language }) => language))].sort()).toEqual(['python', 'sh', 'ts']);
});

test('curl lists deployments, renames one, and reads the schema', async () => {
  const [list, rename, introspection] = ofLanguage('sh');
  if (!list || !rename || !introspection) throw new Error('The page has fewer examples.');
  expect(JSON.parse(await output(list))).toMatchObject({
    data: { deployments: { nodes: [{ node: { databaseId: id, name: 'Weather', status: 'STOPPED' } }] } },
  });
  expect(JSON.parse(await output(rename))).toEqual({
    data: { updateDeployment: { __typename: 'Deployment', name: 'Renamed by a script' } },
  });
  const fields = JSON.parse(await output(introspection)).data.__schema.queryType.fields;
  expect(fields.map(({ name }: { name: string }) => name)).toContain('deployments');
  expect(fields.filter(({ description }: { description: string | null }) => !description)).toEqual([]);
});

test('TypeScript follows a deployment over WebSocket, and ends', async () => {
  const [follow] = ofLanguage('ts');
  if (!follow) throw new Error('The page has no example.');
  expect(await output(follow)).toMatch(/^\S+ STOPPED \S.*\n$/);
});

test('Python lists deployments page by page, and follows one by server-sent events', async () => {
  const [script] = ofLanguage('python');
  if (!script) throw new Error('The page has no example.');
  expect(await output(script)).toMatch(/^Renamed by a script STOPPED\n\S.*\n$/);
});
