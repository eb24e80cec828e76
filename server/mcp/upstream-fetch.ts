import { type RequestInit as UndiciRequestInit, fetch as undiciFetch } from 'undici';
import { HOST_TOKEN_HEADER, PRINCIPAL_HEADER } from '#deploy/host/header-contract.ts';
import type { MachineTarget } from './route.ts';
import type { Upstream } from './upstream.ts';

export const UPSTREAM_MCP_PATH = '/mcp';

/**
 * A `fetch` that always lands at one machine's `/mcp`, over the same sockets and with the same headers as the
 * endpoint's own requests: what an MCP client says through it, every client can say.
 */
export function createUpstreamFetch(
  upstream: Upstream,
  target: Omit<MachineTarget, 'machineId'>,
  principal: string,
): typeof fetch {
  const url = new URL(UPSTREAM_MCP_PATH, target.origin);
  const send = (_input: unknown, init: UndiciRequestInit = {}) => {
    const headers = new Headers(init.headers as ConstructorParameters<typeof Headers>[0]); // the two fetches differ only in the names of their types
    for (const [name, value] of Object.entries(target.headers)) headers.set(name, value);
    headers.set(HOST_TOKEN_HEADER, target.token);
    headers.set(PRINCIPAL_HEADER, principal);
    return undiciFetch(url, {
      ...init,
      headers: [...headers],
      redirect: 'error',
      dispatcher: upstream.dispatcher(target.origin),
    });
  };
  return send as unknown as typeof fetch; // as above
}
