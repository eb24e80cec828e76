import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHostClient, type HostClient } from '#deploy/host-client.ts';
import type { Database } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createEvents, type Events } from '../events.ts';
import { createLogFeed, type LogFeed, type LogLine } from './feed.ts';

let database: Database;
let events: Events;
let client: HostClient;
let feed: LogFeed;
let machine: Machine;
let targetOf = async (_machine: Machine) => ({ origin, headers: {}, token: 't' });

/** Stands in for a machine's host: lines `boot.0`, `boot.1` … of which those after the cursor are sent. */
let lines: string[] = [];
let followers: ServerResponse[] = [];
let origin = '';
const record = (at: number) =>
  `${JSON.stringify({ id: `boot.${at}`, at: '2026-11-20T12:00:00Z', stream: 'STDERR', text: lines[at] })}\n`;
const host = createServer((req, res) => {
  const query = new URL(req.url ?? '', 'http://host').searchParams;
  const cursor = query.get('cursor');
  for (let at = cursor === null ? 0 : Number(cursor.slice(5)) + 1; at < lines.length; at += 1) res.write(record(at));
  if (!query.has('follow')) return void res.end();
  res.flushHeaders();
  followers.push(res);
});
const write = (text: string) => {
  lines.push(text);
  for (const follower of followers) follower.write(record(lines.length - 1));
};

beforeAll(async () => {
  database = await openTestDatabase();
  events = await createEvents(database.listener);
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`; // it listens on TCP
  client = createHostClient();
  feed = createLogFeed({ prisma: database.prisma, events, host: client, targetOf: (one) => targetOf(one) });
  await database.prisma.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@catwalk.test' } });
});
afterAll(async () => {
  host.closeAllConnections();
  host.close();
  await client?.close();
  await database?.close();
});

beforeEach(async () => {
  lines = [];
  followers = [];
  targetOf = async () => ({ origin, headers: {}, token: 't' });
  const { prisma } = database;
  const deployment = await prisma.deployment.create({
    data: { ownerId: 'ann', name: 'Echo', source: 'echo', region: 'local', memoryMb: 256, status: 'RUNNING' },
  });
  const release = await prisma.release.create({
    data: {
      deploymentId: deployment.id,
      number: 1,
      runtime: 'npm',
      package: 'echo',
      version: '1.0.0',
      spec: {},
      region: 'local',
      memoryMb: 256,
      isolation: 'AUTO',
      credentialVersion: 1,
      hostToken: '',
      reason: 'deploy',
    },
  });
  machine = await prisma.machine.create({
    data: {
      deploymentId: deployment.id,
      releaseId: release.id,
      name: `m-${deployment.id}`,
      app: 'local',
      region: 'local',
      configHash: '',
      address: origin,
    },
  });
});

const texts = (found: LogLine[]) => found.map(({ text }) => text);

test('the past holds what the host wrote a moment ago, saved or not, once', async () => {
  lines = ['a', 'b'];
  expect(texts(await feed.history(machine.deploymentId, 10))).toEqual(['a', 'b']);
  lines.push('c');
  expect(texts(await feed.history(machine.deploymentId, 2))).toEqual(['b', 'c']);
});

test('a line that no database can hold keeps no other from being saved', async () => {
  lines = ['nul \0 here', 'half \ud83d a pair', 'after'];
  expect(texts(await feed.history(machine.deploymentId, 10))).toEqual(['nul  here', 'half \ufffd a pair', 'after']);
});

test('returns the saved past when the host cannot be reached', async () => {
  lines = ['a'];
  await feed.history(machine.deploymentId, 10);
  targetOf = async () => ({ origin: 'http://127.0.0.1:1', headers: {}, token: 't' });
  expect(texts(await feed.history(machine.deploymentId, 10))).toEqual(['a']);
});

test('sends no earlier lines to a follower that starts without history', async () => {
  lines = ['old'];
  await feed.history(machine.deploymentId, 10); // saves it
  const ending = new AbortController();
  const reader = feed.follow(machine.deploymentId, 0, ending.signal)[Symbol.asyncIterator]();
  const next = reader.next();
  await expect.poll(() => followers.length).toBe(1);
  write('new');
  expect((await next).value).toMatchObject({ text: 'new' });
  ending.abort();
});

test('a follower gets each line once, in order, over the seam between the rows and the host', async () => {
  lines = ['a', 'b'];
  await feed.history(machine.deploymentId, 10);
  lines.push('c');
  const ending = new AbortController();
  const reader = feed.follow(machine.deploymentId, 10, ending.signal)[Symbol.asyncIterator]();
  const heard: string[] = [];
  for (let at = 0; at < 3; at += 1) heard.push((await reader.next()).value.text);
  write('d');
  heard.push((await reader.next()).value.text);
  expect(heard).toEqual(['a', 'b', 'c', 'd']);
  ending.abort();
});

test('ends the stream with an internal error, and keeps the process running', async () => {
  targetOf = () => Promise.reject(new Error('The database is away.'));
  const stream = feed.follow(machine.deploymentId, 0, new AbortController().signal);
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow('The database is away.');
});
