/**
 * Open dashboards: BENCH_SUBSCRIBERS (1000,5000) graphql-ws subscribers on one instance, 50 to an owner. A change of
 * every owner's deployment at once: when has everyone heard? And how many events a second can it go on delivering?
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { recordFigure } from './figures.ts';
import { type Owner, openProductionWorld, type ProductionWorld, percentile } from './production-world.ts';

const COUNTS = (process.env['BENCH_SUBSCRIBERS'] ?? '1000,5000').split(',').map(Number);
const PER_OWNER = 50;
const PER_ADDRESS = 100;
const ROUNDS = 5;
const SUSTAINED_MS = 10_000;
const QUERY = 'subscription S($id: ID!) { deploymentStatus(id: $id) { status phase message at } }';

type Subscriber = { socket: WebSocket; onMessage: (message: string) => void };

/** As cheap as a client can be: the server is what is measured. */
async function subscribe(url: string, owner: Owner, index: number): Promise<Subscriber> {
  const socket = new WebSocket(
    `${url.replace('http', 'ws').replace('localhost', '127.0.0.1')}/graphql`,
    'graphql-transport-ws',
    {
      localAddress: `127.0.${1 + Math.floor(index / PER_ADDRESS / 250)}.${1 + (Math.floor(index / PER_ADDRESS) % 250)}`,
      perMessageDeflate: false,
    },
  );
  const subscriber: Subscriber = { socket, onMessage: () => {} };
  await once(socket, 'open');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('close', (code) => reject(new Error(`A subscriber was closed: ${code}`)));
  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    if (text.includes('"connection_ack"')) {
      const payload = { query: QUERY, variables: { id: owner.deploymentId } };
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    } else if (text.includes('"ping"')) socket.send('{"type":"pong"}');
    else if (text.includes('"next"')) {
      resolve(); // the state at once
      subscriber.onMessage(text);
    }
  });
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${owner.token}` } }));
  await promise;
  return subscriber;
}

async function connect(world: ProductionWorld, owners: Owner[], count: number): Promise<Subscriber[]> {
  const subscribers: Subscriber[] = [];
  const indices = Array.from({ length: count }, (_, index) => index).values();
  const connectSome = async () => {
    for (const index of indices) {
      const owner = owners[Math.floor(index / PER_OWNER)];
      if (owner) subscribers.push(await subscribe(world.url, owner, index));
    }
  };
  await Promise.all(Array.from({ length: 20 }, connectSome));
  return subscribers;
}

async function measure(count: number) {
  const world = await openProductionWorld();
  try {
    const owners: Owner[] = [];
    for (let index = 0; index < count / PER_OWNER; index += 1) owners.push(await world.addOwner());
    const before = await world.memory();
    const subscribers = await connect(world, owners, count);
    const perSubscriber = ((await world.memory()) - before) / count;

    const delays: number[] = [];
    const lasts: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const committed = new Map<string, number>();
      let missing = count;
      const { promise: all, resolve } = Promise.withResolvers<void>();
      const arrived: { owner: string; at: number }[] = [];
      for (const subscriber of subscribers) {
        subscriber.onMessage = (text) => {
          const owner = /"message":"([0-9a-f-]{36}) /.exec(text)?.[1];
          if (!owner || !text.includes(` ${round}."`)) return;
          arrived.push({ owner, at: performance.now() });
          missing -= 1;
          if (missing === 0) resolve();
        };
      }
      await Promise.all(
        owners.map(async (owner) => {
          await world.change(owner, `${owner.id} ${round}.`);
          committed.set(owner.id, performance.now());
        }),
      );
      await all;
      const last = Math.max(...committed.values());
      for (const { owner, at } of arrived) delays.push(Math.max(0, at - (committed.get(owner) ?? at)));
      lasts.push(Math.max(...arrived.map(({ at }) => at)) - last);
    }

    let delivered = 0;
    for (const subscriber of subscribers) subscriber.onMessage = () => (delivered += 1);
    const until = performance.now() + SUSTAINED_MS;
    await Promise.all(
      owners.slice(0, 8).map(async (_, lane) => {
        for (let index = lane; performance.now() < until; index += 8) {
          const owner = owners[index % owners.length];
          if (owner) await world.change(owner, 'Again.');
        }
      }),
    );
    const sustained = (delivered / SUSTAINED_MS) * 1_000;
    for (const { socket } of subscribers) {
      socket.removeAllListeners('close');
      socket.terminate();
    }
    recordFigure(`${count} subscribers: commit to subscriber, p99`, percentile(delays, 0.99), 'ms');
    recordFigure(`${count} subscribers: all have it after the last commit`, percentile(lasts, 0.5), 'ms');
    recordFigure(`${count} subscribers: memory each`, perSubscriber / 1_024, 'kB');
    recordFigure(`${count} subscribers: events/s, sustained`, sustained);
    return {
      subscribers: count,
      'p50 ms': Math.round(percentile(delays, 0.5)),
      'p99 ms': Math.round(percentile(delays, 0.99)),
      'all have it, ms after the last commit': Math.round(percentile(lasts, 0.5)),
      'kB a subscriber': Math.round(perSubscriber / 1_024),
      'events/s, sustained': Math.round(sustained),
    };
  } finally {
    await world.close();
  }
}

const rows = [];
for (const count of COUNTS) rows.push(await measure(count));
console.table(rows);
