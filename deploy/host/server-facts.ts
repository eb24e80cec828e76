import { fromWire } from './bridge/json-rpc.ts';
import type { HostStatus } from './contract.ts';

export type ServerFacts = {
  learn(initializeResult: string | null): void;
  readonly serverInfo: HostStatus['serverInfo'];
  era: HostStatus['era'];
  readonly known: boolean;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What the server said about itself in its handshakes. */
export const createServerFacts = (): ServerFacts => {
  let serverInfo: HostStatus['serverInfo'] = null;
  return {
    era: null,
    learn(initializeResult) {
      if (initializeResult === null) return;
      const result = fromWire(initializeResult) as { serverInfo?: { name?: unknown; version?: unknown } } | null; // read field by field
      serverInfo = { name: textOf(result?.serverInfo?.name), version: textOf(result?.serverInfo?.version) };
      this.era ??= 'legacy';
    },
    get serverInfo() {
      return serverInfo;
    },
    get known() {
      return serverInfo !== null;
    },
  };
};
