import { randomUUID } from 'node:crypto';
import { type HostFailure, type HostStatus, type LogRecord, PLATFORM_PRINCIPAL } from '#deploy/host/contract.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { RemoteFailure, RemoteServer } from './remote-server.ts';

const LINES_MAX = 200;
/** Deployments whose state is remembered; the longest unused goes first. It comes back with the next calls. */
const STATUSES_MAX = 10_000;

/** The state of one remote server as this instance has seen it. */
export type RemoteStatus = {
  /** Calls and streams under way. */
  open: number;
  /** `problem` is why no call can succeed now. */
  read(remote: RemoteServer, problem: RemoteFailure | null): HostStatus;
  /** The lines of the log after a cursor, as the host's `/logs` sends them. */
  lines(cursor: string | null): string;
  log(text: string): void;
  answered(principal: string): void;
  failed(failure: RemoteFailure): void;
};

const createStatus = (now: () => Date): RemoteStatus => {
  const boot = randomUUID().slice(0, 8);
  const since = now().toISOString();
  const kept: LogRecord[] = [];
  let written = 0;
  let lastAnswerAt: string | null = null;
  let lastError: HostFailure | null = null;

  const withTime = (failure: RemoteFailure): HostFailure => ({
    ...failure,
    stderrTail: [],
    at: now().toISOString(),
  });

  const log = (text: string) => {
    written += 1;
    kept.push({ id: `${boot}.${written}`, at: now().toISOString(), stream: 'HOST', text });
    if (kept.length > LINES_MAX) kept.shift();
  };

  return {
    open: 0,
    read({ url }, problem) {
      return {
        phase: problem === null ? 'READY' : 'FAILED',
        since,
        package: { runtime: 'remote', name: url },
        install: null,
        serverInfo: null,
        era: null,
        sessions: 0,
        openStreams: this.open,
        children: [],
        restarts: 0,
        lastError: problem === null ? lastError : withTime(problem),
        lastAnswerAt,
        memory: { hostRssBytes: 0, totalBytes: null, availableBytes: null },
      };
    },
    lines(cursor) {
      const from = kept.findIndex(({ id }) => id === cursor) + 1;
      return kept
        .slice(from)
        .map((record) => `${JSON.stringify(record)}\n`)
        .join('');
    },
    log,
    answered(principal) {
      lastError = null;
      if (principal !== PLATFORM_PRINCIPAL) lastAnswerAt = now().toISOString();
    },
    failed(failure) {
      lastError = withTime(failure);
      log(failure.message);
    },
  };
};

export const createRemoteStatuses = (now: () => Date) => {
  const statuses = new Map<string, RemoteStatus>();
  return {
    of(machineId: string): RemoteStatus {
      const known = statuses.get(machineId) ?? createStatus(now);
      statuses.delete(machineId);
      statuses.set(machineId, known);
      forgetOldest(statuses, STATUSES_MAX);
      return known;
    },
  };
};
