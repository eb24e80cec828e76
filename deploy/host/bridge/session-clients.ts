import { clientOf } from '../calls/open-calls.ts';
import { type HostStatus, PLATFORM_PRINCIPAL } from '../contract.ts';
import type { Session } from './session.ts';

/** A status names so many kinds of clients at most. */
const CLIENTS_MAX = 50;

type Client = NonNullable<HostStatus['clients']>[number];

/** Counts open sessions by the client's account of itself. The platform's own sessions and unnamed clients are left out. */
export function clientsOf(sessions: Iterable<Pick<Session, 'principal' | 'client' | 'initialize'>>): Client[] {
  const clients = new Map<string, Client>();
  for (const session of sessions) {
    if (session.principal === PLATFORM_PRINCIPAL) continue;
    const client = clientOf(session);
    if (client === null) continue;
    const key = `${client.name} ${client.version}`;
    const known = clients.get(key);
    if (known) known.sessions += 1;
    else if (clients.size < CLIENTS_MAX) clients.set(key, { ...client, sessions: 1 });
  }
  return [...clients.values()];
}
