import { createSocket, type Socket } from 'node:dgram';
import { getServers } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { canonicalAddress } from './addresses.ts';
import { answerOf, parseQuestion, RCODE, RECORD } from './dns-message.ts';
import type { GrantedAddresses } from './granted-addresses.ts';
import { canonicalName } from './host-entry.ts';
import type { Denial, EgressPolicy } from './policy.ts';

/** Every address of a name, canonical, in the order of the system. Rejects with the code ENOTFOUND if there is none. */
export type Lookup = (name: string) => Promise<string[]>;

export type NameServerDeps = {
  policy: () => EgressPolicy;
  granted: GrantedAddresses;
  onDenied: (denial: Denial) => void;
  lookup?: Lookup;
};

const UNDER_WAY_MAX = 256;
const FORWARD_MS_MAX = 5_000;
/** Records that name no address of the host itself. Those that do would lead past the check of addresses. */
const FORWARDED: readonly number[] = [RECORD.CNAME, RECORD.MX, RECORD.TXT, RECORD.SRV];

const lookupAll: Lookup = async (name) =>
  (await systemLookup(name, { all: true, verbatim: true })).flatMap(({ address }) => canonicalAddress(address) ?? []);

/** Sends a query to the first name server of the computer, and resolves to the answer. */
const forward = (query: Buffer): Promise<Buffer> => {
  const [server = '127.0.0.1'] = getServers();
  const match = /^\[?([^\]]+?)\]?(?::(\d+))?$/.exec(isIP(server) === 6 ? `[${server}]` : server);
  const address = match?.[1] ?? server;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
  const timer = setTimeout(() => reject(new Error('The name server does not answer.')), FORWARD_MS_MAX);
  socket.on('error', reject);
  socket.on('message', resolve);
  socket.connect(Number(match?.[2] ?? 53), address, () => socket.send(query));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
};

/** Answers a query of the server. Names that it may not reach do not exist for it. */
export const answerQuery = async (query: Buffer, deps: NameServerDeps): Promise<Buffer | null> => {
  const { policy, granted, onDenied, lookup = lookupAll } = deps;
  const question = parseQuestion(query);
  if (question === null) return null;
  const answer = (rcode: number, addresses: string[] = []) => answerOf(query, question, rcode, addresses);
  const name = canonicalName(question.name);
  if (name === null) return answer(RCODE.NO_NAME);
  const denial = policy().ofName(name);
  if (denial !== null) {
    onDenied(denial);
    return answer(RCODE.NO_NAME);
  }
  if (FORWARDED.includes(question.type)) return forward(query).catch(() => answer(RCODE.SERVER));
  if (question.type !== RECORD.A && question.type !== RECORD.AAAA) return answer(RCODE.NO_ERROR);
  let addresses: string[];
  try {
    addresses = await lookup(name);
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOTFOUND';
    return answer(isAbsent ? RCODE.NO_NAME : RCODE.SERVER);
  }
  const reachable = policy().reachable(name, addresses);
  if (reachable.length === 0) {
    if (addresses.length > 0) onDenied(policy().ofHidden(name, addresses));
    return answer(RCODE.NO_NAME);
  }
  for (const address of reachable) granted.grant(address, name);
  const four = reachable.filter((address) => isIP(address) === 4);
  if (question.type === RECORD.A) return answer(RCODE.NO_ERROR, four);
  // Where both are there, IPv4 alone is given: the gate accepts a connection before it knows if the network has IPv6.
  return answer(RCODE.NO_ERROR, four.length > 0 ? [] : reachable);
};

/** Serves names on a socket in the namespace of a machine. */
export const serveNames = (socket: Socket, deps: NameServerDeps): void => {
  let underWay = 0;
  socket.on('error', () => undefined); // a program that asked and has ended
  socket.on('message', (query, { port, address }) => {
    if (underWay >= UNDER_WAY_MAX) return; // the program asks again
    underWay += 1;
    answerQuery(query, deps)
      .then((answer) => {
        if (answer !== null) socket.send(answer, port, address);
      })
      .catch(() => undefined) // the socket was closed
      .finally(() => {
        underWay -= 1;
      });
  });
};
