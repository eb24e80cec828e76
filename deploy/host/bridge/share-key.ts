import type { HostIsolation } from '../contract.ts';

/** Capabilities with which a server may turn to the client: its requests do not say which call they belong to. */
const CALLS_BACK = ['sampling', 'elicitation', 'roots'];

/**
 * Which sessions may share a child: those of one principal that agree on protocol version and capabilities. Null: a
 * child of its own. Parts are joined by NUL, which occurs in none of them.
 */
export const shareKeyOf = (
  isolation: HostIsolation,
  client: { principal: string; protocolVersion: string; capabilities: unknown },
): string | null => {
  switch (isolation) {
    case 'PER_SESSION':
      return null;
    case 'SHARED':
      return 'shared\0';
    case 'AUTO': {
      const capabilities =
        typeof client.capabilities === 'object' && client.capabilities !== null ? client.capabilities : {};
      if (CALLS_BACK.some((name) => name in capabilities)) return null;
      return `${client.principal.replaceAll('\0', '')}\0${client.protocolVersion}\0${JSON.stringify(capabilities)}`;
    }
  }
};
