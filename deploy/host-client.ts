import { Agent, type buildConnector, request } from 'undici';
import type { CallPage } from './host/call-contract.ts';
import { CALL_PAGE_TYPE, decodeCallPage } from './host/call-page.ts';
import type {
  CallerValues,
  HeldRevision,
  HostStatus,
  InstalledPackage,
  KeptSession,
  LogRecord,
  Offer,
  QuiesceAnswer,
  RestartSilentAnswer,
  ResumeAnswer,
  StartAttempt,
} from './host/contract.ts';
import { HOST_TOKEN_HEADER } from './host/header-contract.ts';
import type { HeldLock } from './host/lock-contract.ts';
import type { HeldView } from './host/view-contract.ts';

/** The address of a machine's host, with the headers and the token that a request to it needs. */
export type HostTarget = { origin: string; headers: Record<string, string>; token: string };

const STATUS_TIMEOUT_MS = 5_000;
/** The host waits 3 s for an answer of each process, and 3 s for its end. */
const RESTART_TIMEOUT_MS = 10_000;
/** The host waits up to 3 s for the end of a child. */
const VALUES_TIMEOUT_MS = 10_000;
/** Between two parts of a layer: a throttled processor reads slowly. */
const LAYER_SILENT_MS_MAX = 60_000;
const LOG_CONNECT_TIMEOUT_MS = 5_000;
const LOG_LINES_MAX = 2_000;
/** Beyond the time of the start: for the copy of the package, the end of its processes and the question for its era. */
const ATTEMPT_REST_MS = 30_000;

/** A host reads bodies up to 4 MB; a kept session takes less than 100 kB of one. */
const SESSIONS_IN_BODY_MAX = 40;

function* inParts(sessions: readonly KeptSession[]): Generator<string> {
  for (let at = 0; at < sessions.length; at += SESSIONS_IN_BODY_MAX)
    yield JSON.stringify(sessions.slice(at, at + SESSIONS_IN_BODY_MAX));
}

/** The host did not answer, or not as a host does. */
export class HostUnreachableError extends Error {}

export interface HostClient {
  status(target: HostTarget, signal: AbortSignal): Promise<HostStatus>;
  /** `parked`: although streams are open that only listen; the answer then holds the host's sessions. */
  quiesce(target: HostTarget, parked: boolean, signal: AbortSignal): Promise<QuiesceAnswer>;
  /** The packages of the installation; null where they are not known, and from a host of an older version. */
  packages(target: HostTarget, signal: AbortSignal): Promise<InstalledPackage[] | null>;
  /**
   * The installation as a layer of the machine image, a tar archive; null where there is none to pack, and from a host of an
   * older version. Reading it rejects where it breaks off.
   */
  layer(target: HostTarget, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | null>;
  /** What the host's clients received as answers to their first questions; null from a host of an older version. */
  offer(target: HostTarget, signal: AbortSignal): Promise<Offer | null>;
  /** Gives a host the sessions of an earlier one; those that it has stay as they are. */
  carrySessions(target: HostTarget, sessions: readonly KeptSession[], signal: AbortSignal): Promise<void>;
  /** The callers' own values that a host holds, by revision; empty for a host that takes none. */
  heldValues(target: HostTarget, signal: AbortSignal): Promise<HeldRevision[]>;
  /** Gives a caller's values; false if the host holds newer ones. */
  giveValues(target: HostTarget, values: CallerValues, signal: AbortSignal): Promise<boolean>;
  /** Ends the children of callers who still have these values; resolves when the children are gone. */
  forgetValues(target: HostTarget, revisions: readonly HeldRevision[], signal: AbortSignal): Promise<void>;
  /** Gives the definitions that clients may see; a host that holds newer ones keeps those. */
  giveLock(target: HostTarget, held: HeldLock, signal: AbortSignal): Promise<void>;
  /** Gives the rules of a view. Rejects for a host of an older version, which serves no views. */
  giveView(target: HostTarget, view: HeldView, signal: AbortSignal): Promise<void>;
  resume(target: HostTarget, signal: AbortSignal): Promise<void>;
  /** Resumes, and reports whether a process of the server answers; null where none serves, or from a host of an older version. */
  resumeAndAsk(target: HostTarget, signal: AbortSignal): Promise<boolean | null>;
  /** Ends the processes of the server that do not answer; resolves to their number. Rejects for a host of an older version. */
  restartSilent(target: HostTarget, signal: AbortSignal): Promise<number>;
  /** Lines after `cursor` (exclusive; null: the oldest kept). With `follow` it goes on until the signal or the host ends it. */
  logs(
    target: HostTarget,
    options: { cursor: string | null; follow: boolean; signal: AbortSignal },
  ): AsyncIterable<LogRecord>;
  /** The oldest calls after `cursor` (null: the oldest kept); null from a host that keeps none, such as an older one. */
  calls(target: HostTarget, cursor: string | null, signal: AbortSignal): Promise<CallPage | null>;
  /** One start of a trial. Resolves to the host's report, of which a part comes from the server. */
  attempt(target: HostTarget, request: StartAttempt, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** Speaks to the hosts inside machines, besides `/mcp`, which is the endpoint's. */
export function createHostClient(options: { connect?: buildConnector.connector } = {}): HostClient {
  const agent = new Agent({ connect: options.connect ?? { timeout: STATUS_TIMEOUT_MS }, keepAliveTimeout: 4_000 });

  const callForBytes = async (
    target: HostTarget,
    method: 'GET' | 'POST',
    path: string,
    signal: AbortSignal,
    timeoutMs = STATUS_TIMEOUT_MS,
    json: string | null = null,
  ) => {
    try {
      const answer = await request(`${target.origin}${path}`, {
        dispatcher: agent,
        method,
        headers: { ...target.headers, [HOST_TOKEN_HEADER]: target.token },
        body: json,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      return { status: answer.statusCode, type: answer.headers['content-type'], bytes };
    } catch (cause) {
      signal.throwIfAborted();
      throw new HostUnreachableError(`The machine's host did not answer ${path}.`, { cause });
    }
  };

  const call = async (...request: Parameters<typeof callForBytes>) => {
    const { status, bytes } = await callForBytes(...request);
    return { status, body: bytes.toString() };
  };

  return {
    status: async (target, signal) => {
      const { status, body } = await call(target, 'GET', '/status', signal);
      if (status !== 200) throw new HostUnreachableError(`The machine's host answered /status with ${status}.`);
      try {
        return JSON.parse(body) as HostStatus; // our own program, of our own version, behind its token
      } catch (cause) {
        throw new HostUnreachableError("The machine's host answered /status with something else than JSON.", { cause });
      }
    },
    quiesce: async (target, parked, signal) => {
      const { body } = await call(target, 'POST', parked ? '/quiesce?parked=1' : '/quiesce', signal);
      return JSON.parse(body) as QuiesceAnswer; // as above
    },
    packages: async (target, signal) => {
      const { status, body } = await call(target, 'GET', '/packages', signal);
      return status === 200 ? (JSON.parse(body) as InstalledPackage[] | null) : null; // as above
    },
    layer: async (target, signal) => {
      try {
        const answer = await request(`${target.origin}/layer`, {
          dispatcher: agent,
          headers: { ...target.headers, [HOST_TOKEN_HEADER]: target.token },
          headersTimeout: STATUS_TIMEOUT_MS,
          bodyTimeout: LAYER_SILENT_MS_MAX,
          signal,
        });
        if (answer.statusCode === 200) return answer.body;
        await answer.body.dump();
        return null;
      } catch (cause) {
        signal.throwIfAborted();
        throw new HostUnreachableError("The machine's host did not answer /layer.", { cause });
      }
    },
    offer: async (target, signal) => {
      const { status, body } = await call(target, 'GET', '/offer', signal);
      return status === 200 ? (JSON.parse(body) as Offer) : null; // as above
    },
    carrySessions: async (target, sessions, signal) => {
      for (const part of inParts(sessions)) {
        const { status } = await call(target, 'POST', '/sessions', signal, STATUS_TIMEOUT_MS, part);
        if (status !== 200) throw new HostUnreachableError(`The machine's host answered /sessions with ${status}.`);
      }
    },
    calls: async (target, cursor, signal) => {
      const query = cursor === null ? '' : `?${new URLSearchParams({ cursor })}`;
      const { status, type, bytes } = await callForBytes(target, 'GET', `/calls${query}`, signal);
      return status === 200 && type === CALL_PAGE_TYPE ? decodeCallPage(bytes) : null;
    },
    heldValues: async (target, signal) => {
      const { status, body } = await call(target, 'GET', '/values', signal);
      return status === 200 ? (JSON.parse(body) as HeldRevision[]) : []; // as above
    },
    giveValues: async (target, values, signal) => {
      const { status } = await call(target, 'POST', '/values', signal, VALUES_TIMEOUT_MS, JSON.stringify(values));
      if (status !== 200 && status !== 409)
        throw new HostUnreachableError(`The machine's host answered /values with ${status}.`);
      return status === 200;
    },
    forgetValues: async (target, revisions, signal) => {
      const body = JSON.stringify(revisions);
      const { status } = await call(target, 'POST', '/values/forget', signal, VALUES_TIMEOUT_MS, body);
      if (status !== 200) throw new HostUnreachableError(`The machine's host answered /values/forget with ${status}.`);
    },
    giveLock: async (target, held, signal) => {
      const { status } = await call(target, 'POST', '/lock', signal, VALUES_TIMEOUT_MS, JSON.stringify(held));
      // A host of an older version, and the gateway to remote servers, know no lock and are never asked for one.
      if (status !== 200 && status !== 409 && status !== 404)
        throw new HostUnreachableError(`The machine's host answered /lock with ${status}.`);
    },
    giveView: async (target, view, signal) => {
      const { status } = await call(target, 'POST', '/views', signal, VALUES_TIMEOUT_MS, JSON.stringify(view));
      if (status !== 200) throw new HostUnreachableError(`The machine's host answered /views with ${status}.`);
    },
    resume: async (target, signal) => {
      await call(target, 'POST', '/resume', signal);
    },
    resumeAndAsk: async (target, signal) => {
      const { status, body } = await call(target, 'POST', '/resume?ask=1', signal);
      if (status !== 200) throw new HostUnreachableError(`The machine's host answered /resume with ${status}.`);
      return (JSON.parse(body) as ResumeAnswer).answers ?? null; // as above
    },
    restartSilent: async (target, signal) => {
      const { status, body } = await call(target, 'POST', '/restart-silent', signal, RESTART_TIMEOUT_MS);
      if (status !== 200) throw new HostUnreachableError(`The machine's host answered /restart-silent with ${status}.`);
      return (JSON.parse(body) as RestartSilentAnswer).restarted; // as above
    },
    attempt: async (target, attempt, signal) => {
      const limitMs = attempt.timeoutMs + ATTEMPT_REST_MS;
      try {
        const answer = await request(`${target.origin}/attempt`, {
          dispatcher: agent,
          method: 'POST',
          headers: { ...target.headers, [HOST_TOKEN_HEADER]: target.token },
          body: JSON.stringify(attempt),
          headersTimeout: limitMs,
          bodyTimeout: limitMs,
          signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
        });
        const body: unknown = await answer.body.json();
        if (answer.statusCode === 200) return body;
        throw new Error(`The host answered ${answer.statusCode}: ${JSON.stringify(body)}`);
      } catch (cause) {
        signal.throwIfAborted();
        throw new HostUnreachableError("The machine's host did not answer /attempt.", { cause });
      }
    },
    logs: async function* (target, { cursor, follow, signal }) {
      const query = new URLSearchParams({ limit: String(LOG_LINES_MAX) });
      if (cursor !== null) query.set('cursor', cursor);
      if (follow) query.set('follow', '1');
      const answer = await request(`${target.origin}/logs?${query}`, {
        dispatcher: agent,
        headers: { ...target.headers, [HOST_TOKEN_HEADER]: target.token },
        headersTimeout: LOG_CONNECT_TIMEOUT_MS,
        bodyTimeout: follow ? 0 : STATUS_TIMEOUT_MS,
        signal,
      });
      if (answer.statusCode !== 200) {
        await answer.body.dump();
        throw new HostUnreachableError(`The machine's host answered /logs with ${answer.statusCode}.`);
      }
      let rest = '';
      answer.body.setEncoding('utf8');
      for await (const chunk of answer.body) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') yield JSON.parse(line) as LogRecord; // as above
      }
    },
    close: () => agent.close(),
  };
}
