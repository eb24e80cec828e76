import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Parser } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';

let app: TestApp;
let owner: { id: string; token: string };
let other: { id: string; token: string };

beforeAll(async () => {
  app = await openTestApp();
  [owner, other] = [await app.addUser('owner'), await app.addUser('other')];
});
afterAll(async () => {
  await app.close();
});

const folderOf = (id: string) => path.join(app.app.dataDir, 'kept', id);

/** A deployment without a machine that keeps a file of 1,000 bytes. */
const addKeeping = async (desired: 'RUNNING' | 'STOPPED') => {
  const { id } = await addDeployment(app.prisma, owner.id);
  await app.prisma.deployment.update({ where: { id }, data: { desired } });
  await mkdir(folderOf(id), { recursive: true });
  await writeFile(path.join(folderOf(id), 'memory'), 'x'.repeat(1000));
  return id;
};

const download = (token: string | null, id: string) =>
  fetch(`${app.origin}/api/deployments/${id}/data.tar.gz`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });

const READ = 'query ($id: ID!) { deployment(id: $id) { data { bytes limitBytes } } }';
const OUTCOME = '{ __typename ... on Deployment { data { bytes } } ... on UserError { code } }';
const CLEAR = `mutation ($id: ID!) { clearData(id: $id) ${OUTCOME} }`;
const COPY = `mutation ($fromId: ID!, $toId: ID!) { copyData(input: { fromId: $fromId, toId: $toId }) ${OUTCOME} }`;

test('the owner reads how much a deployment keeps, and clears it while it is stopped', async () => {
  const id = await addKeeping('STOPPED');
  const read = await app.ask(owner.token, READ, { id });
  expect(read.data).toMatchObject({ deployment: { data: { bytes: 1000, limitBytes: 1024 ** 3 } } });
  const cleared = await app.ask(owner.token, CLEAR, { id });
  expect(cleared.data).toMatchObject({ clearData: { __typename: 'Deployment', data: { bytes: 0 } } });
  expect(existsSync(folderOf(id))).toBe(false);
});

test('a deployment that may be running keeps its files', async () => {
  const id = await addKeeping('RUNNING');
  expect((await app.ask(owner.token, CLEAR, { id })).data).toMatchObject({ clearData: { code: 'CONFLICT' } });
  const stopped = await addKeeping('STOPPED');
  const copied = await app.ask(owner.token, COPY, { fromId: stopped, toId: id });
  expect(copied.data).toMatchObject({ copyData: { code: 'CONFLICT' } });
  // while it is copied, a running server could make a link lead to any file
  const from = await app.ask(owner.token, COPY, { fromId: id, toId: stopped });
  expect(from.data).toMatchObject({ copyData: { code: 'CONFLICT' } });
  expect(existsSync(folderOf(id))).toBe(true);
});

test('a stopped machine does not hold its files, and one that stops still does', async () => {
  const id = await addKeeping('STOPPED');
  const { currentReleaseId } = await app.prisma.deployment.findUniqueOrThrow({ where: { id } });
  const machine = {
    deploymentId: id,
    releaseId: currentReleaseId ?? '',
    app: 'a',
    name: id,
    configHash: '',
    region: '',
  };
  await app.prisma.machine.create({ data: { ...machine, state: 'stopping' } });
  const clear = () => app.ask(owner.token, CLEAR, { id });
  expect((await clear()).data).toMatchObject({ clearData: { code: 'CONFLICT' } });
  await app.prisma.machine.updateMany({ where: { deploymentId: id }, data: { state: 'stopped' } });
  expect((await clear()).data).toMatchObject({ clearData: { data: { bytes: 0 } } });
});

test('a copy replaces the files of a stopped deployment', async () => {
  const [from, to] = [await addKeeping('STOPPED'), await addKeeping('STOPPED')];
  await writeFile(path.join(folderOf(to), 'old'), 'old');
  const copied = await app.ask(owner.token, COPY, { fromId: from, toId: to });
  expect(copied.data).toMatchObject({ copyData: { data: { bytes: 1000 } } });
  expect(existsSync(path.join(folderOf(to), 'old'))).toBe(false);
});

test('another user sees none of it', async () => {
  const id = await addKeeping('STOPPED');
  expect((await app.ask(other.token, READ, { id })).data).toEqual({ deployment: null });
  expect((await app.ask(other.token, CLEAR, { id })).data).toMatchObject({ clearData: { code: 'NOT_FOUND' } });
  const copied = await app.ask(other.token, COPY, { fromId: id, toId: id });
  expect(copied.data).toMatchObject({ copyData: { code: 'NOT_FOUND' } });
  expect(existsSync(folderOf(id))).toBe(true);
});

test('a deletion takes the files with it', async () => {
  const id = await addKeeping('STOPPED');
  await app.ask(owner.token, 'mutation ($id: ID!) { deleteDeployment(id: $id) { __typename } }', { id });
  await expect.poll(() => app.prisma.deployment.count({ where: { id } })).toBe(0);
  expect(existsSync(folderOf(id))).toBe(false);
});

test('the owner downloads everything that a stopped deployment keeps, as often as they like', async () => {
  const id = await addKeeping('STOPPED');
  await symlink('/etc/hostname', path.join(folderOf(id), 'link'));
  for (let time = 0; time < 2; time += 1) {
    const response = await download(owner.token, id);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/gzip']);
    const entries = new Map<string, { type: string; text: string }>();
    const parser = new Parser({
      onReadEntry: (entry) => {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk) => chunks.push(chunk));
        entry.on('end', () =>
          entries.set(path.normalize(entry.path), { type: entry.type, text: Buffer.concat(chunks).toString() }),
        );
      },
    });
    const ended = once(parser, 'end');
    parser.end(Buffer.from(await response.arrayBuffer()));
    await ended;
    expect(entries.get('memory')).toEqual({ type: 'File', text: 'x'.repeat(1000) });
    expect(entries.get('link')).toEqual({ type: 'SymbolicLink', text: '' });
  }
  await eventually('the copy is gone', () => !existsSync(`${folderOf(id)}.archiving`));
  const audited = await app.prisma.auditEvent.count({
    where: { deploymentId: id, type: 'deployment.data-downloaded' },
  });
  expect(audited).toBe(2);
});

test('nobody else downloads it, nor a token that may only read, nor anyone while it may be running', async () => {
  const id = await addKeeping('STOPPED');
  const reading = await app.tokenFor(owner.id, 'READ');
  expect((await download(null, id)).status).toBe(401);
  expect((await download(other.token, id)).status).toBe(404);
  expect((await download(reading.token, id)).status).toBe(403);
  expect((await download(owner.token, 'x')).status).toBe(404);
  expect((await download(owner.token, await addKeeping('RUNNING'))).status).toBe(409);
});
