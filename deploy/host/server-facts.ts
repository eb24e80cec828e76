import { fromWire } from './bridge/wire-values.ts';
import type { HostStatus } from './contract.ts';
import { isRecord } from './records.ts';

export type ServerFacts = {
  /** Takes in a handshake's answer, as it stood on the wire. */
  learn(era: 'legacy' | 'modern', result: string | null): void;
  readonly serverInfo: HostStatus['serverInfo'];
  readonly era: HostStatus['era'];
};

const SERVER_INFO_META = 'io.modelcontextprotocol/serverInfo';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Remembers what the server reported about itself in its handshakes. */
export const createServerFacts = (): ServerFacts => {
  let serverInfo: HostStatus['serverInfo'] = null;
  let era: HostStatus['era'] = null;
  return {
    learn(spoken, result) {
      era = era === null || era === spoken ? spoken : 'dual';
      const answer: unknown = result === null ? null : fromWire(result);
      if (!isRecord(answer)) return;
      const meta = isRecord(answer['_meta']) ? answer['_meta'] : {};
      const info = answer['serverInfo'] ?? meta[SERVER_INFO_META];
      if (isRecord(info)) serverInfo = { name: textOf(info['name']), version: textOf(info['version']) };
    },
    get serverInfo() {
      return serverInfo;
    },
    get era() {
      return era;
    },
  };
};
