import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { Secret } from '../credentials/secret.ts';
import type { DeploymentFailure } from '../deployments/rows/failure.ts';
import { createSafeFetch } from '../outbound/safe-fetch.ts';
import { type DeliverDeps, deliverAlerts } from './deliver.ts';
import { recordAlert } from './record-alert.ts';

const SECRET = Buffer.alloc(24, 9).toString('base64');
const deployment = { id: '0b6f0a52-6f0c-4a2c-9d8e-6f5f0e3a9a11', name: 'Weather' };
const failure: DeploymentFailure = {
  code: 'CRASH_LOOP',
  message: 'It ended five times.',
  hint: 'Look at its log.',
  retryable: true,
  occurredAt: '2026-01-01T00:00:00.000Z',
  stderrTail: ['a line of the server itself'],
};

let database: Database;
const received: { headers: IncomingHttpHeaders; body: string }[] = [];
let answerWith = 204;
const receiver = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  received.push({ headers: req.headers, body });
  res.writeHead(answerWith).end();
});
let url: string;
let now: Date;
let safe: ReturnType<typeof createSafeFetch>;
let deps: DeliverDeps;
const never = new AbortController().signal;

beforeAll(async () => {
  database = await openTestDatabase();
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`; // it listens on TCP
});
afterAll(async () => {
  receiver.close();
  await database.close();
});
beforeEach(() => {
  now = new Date('2026-01-01T00:00:00Z');
  safe = createSafeFetch([url]);
  deps = {
    prisma: database.prisma,
    fetch: safe.fetch,
    readWebhook: async () => ({ format: 'standard', url: `${url}/hook`, secret: new Secret(SECRET) }),
    now: () => now,
  };
});
afterEach(async () => {
  received.length = 0;
  answerWith = 204;
  await database.prisma.alert.deleteMany();
  await safe.close();
});

const record = (status: 'FAILED' | 'UNHEALTHY' | 'RUNNING' | 'STOPPED', why: DeploymentFailure | null = null) =>
  database.transaction((tx) => recordAlert(tx, deployment, status, why, now));
const later = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds);
};
const kinds = () => received.map(({ body }) => (JSON.parse(body) as { type: string }).type);

describe('alerts', () => {
  it('reports a failure and the recovery after it once, and no recovery without a failure', async () => {
    await record('RUNNING');
    await record('FAILED', failure);
    later(1_000);
    await record('STOPPED');
    await record('RUNNING');
    later(1_000);
    await record('RUNNING');
    await deliverAlerts(deps, never);
    await deliverAlerts(deps, never);
    expect(kinds()).toEqual(['deployment.failed', 'deployment.recovered']);
  });

  it('sends the reason with its hint, and nothing that the server printed', async () => {
    await record('FAILED', failure);
    await deliverAlerts(deps, never);
    const { body } = received[0] ?? { body: '' };
    expect(JSON.parse(body)).toEqual({
      type: 'deployment.failed',
      timestamp: '2026-01-01T00:00:00.000Z',
      data: {
        deploymentId: deployment.id,
        name: 'Weather',
        status: 'FAILED',
        failure: { code: 'CRASH_LOOP', message: 'It ended five times.', hint: 'Look at its log.', retryable: true },
      },
    });
    expect(body).not.toContain('a line of the server');
  });

  it('records no alert for a change that was rolled back', async () => {
    const undone = database.transaction(async (tx) => {
      await recordAlert(tx, deployment, 'FAILED', failure, now);
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    await deliverAlerts(deps, never);
    expect(received).toEqual([]);
  });
});

describe('deliveries', () => {
  it('signs each message, so that a receiver can verify its sender and its age', async () => {
    now = new Date(); // the library refuses what is older than five minutes
    await record('UNHEALTHY', failure);
    await deliverAlerts(deps, never);
    const { headers, body } = received[0] ?? { headers: {}, body: '' };
    const given = headers as Record<string, string>; // the three are single headers
    expect(() => new Webhook(SECRET).verify(body, given)).not.toThrow();
    expect(() => new Webhook(SECRET).verify(`${body} `, given)).toThrow();
  });

  it('sends an alert again after an error, later each time and under the same id, until it is accepted', async () => {
    answerWith = 500;
    await record('FAILED', failure);
    await deliverAlerts(deps, never);
    later(4_000);
    await deliverAlerts(deps, never);
    expect(received).toHaveLength(1);
    later(1_000);
    await deliverAlerts(deps, never);
    expect(received).toHaveLength(2);
    answerWith = 200;
    later(30_000);
    await deliverAlerts(deps, never);
    later(86_400_000);
    await deliverAlerts(deps, never);
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await database.prisma.alert.findFirst()).toMatchObject({ attempts: 3, dueAt: null, lastError: null });
  });

  it('gives up a row that another version wrote, and sends the others', async () => {
    await database.prisma.alert.create({
      data: { deploymentId: deployment.id, kind: 'paused', data: { shape: 'of tomorrow' }, at: now, dueAt: now },
    });
    await record('FAILED', failure);
    await deliverAlerts(deps, never);
    expect(kinds()).toEqual(['deployment.failed']);
    expect(await database.prisma.alert.findFirst({ where: { kind: 'paused' } })).toMatchObject({
      dueAt: null,
      lastError: 'This version cannot read the alert.',
    });
  });

  it('gives an alert up after some attempts, and keeps the last error', async () => {
    answerWith = 503;
    await record('FAILED', failure);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await deliverAlerts(deps, never);
      later(86_400_000);
    }
    expect(received).toHaveLength(7);
    expect(await database.prisma.alert.findFirst()).toMatchObject({ dueAt: null, lastError: 'It answered 503.' });
  });

  it('sends the alert of an instance that died from another one', async () => {
    await record('FAILED', failure);
    const dies = new AbortController();
    const fetch = async () => {
      dies.abort();
      throw new Error('died');
    };
    const dying = deliverAlerts({ ...deps, fetch }, dies.signal);
    await expect(dying).rejects.toThrow();
    await deliverAlerts(deps, never);
    expect(received).toEqual([]);
    later(60_000);
    await deliverAlerts(deps, never);
    expect(kinds()).toEqual(['deployment.failed']);
  });

  it('drops alerts while no webhook is set, and does not send them afterwards', async () => {
    await record('FAILED', failure);
    await deliverAlerts({ ...deps, readWebhook: async () => null }, never);
    later(86_400_000);
    await deliverAlerts(deps, never);
    expect(received).toEqual([]);
  });

  it('tells a chat in a sentence what happened, in which a name calls no one', async () => {
    const named = { ...deployment, name: '<!channel> & co' };
    await database.transaction((tx) => recordAlert(tx, named, 'FAILED', failure, now));
    await deliverAlerts(
      { ...deps, readWebhook: async () => ({ format: 'slack', url: new Secret(`${url}/T/B/x`) }) },
      never,
    );
    await database.transaction((tx) => recordAlert(tx, named, 'RUNNING', null, now));
    await deliverAlerts(
      { ...deps, readWebhook: async () => ({ format: 'discord', url: new Secret(`${url}/1/x`) }) },
      never,
    );
    expect(received.map(({ body }) => JSON.parse(body))).toEqual([
      { text: '&lt;!channel&gt; &amp; co failed: It ended five times. Look at its log. (CRASH_LOOP)' },
      { content: '<!channel> & co is running again.', allowed_mentions: { parse: [] } },
    ]);
  });

  it('never sends to an address of the internal network', async () => {
    const outside = createSafeFetch([]);
    await record('FAILED', failure);
    await deliverAlerts({ ...deps, fetch: outside.fetch }, never);
    await outside.close();
    expect(received).toEqual([]);
    expect(await database.prisma.alert.findFirst()).toMatchObject({ dueAt: null });
  });
});
