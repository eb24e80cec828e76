import { Agent } from 'undici';
import { messageOf } from '#server/domain/message-of.ts';
import { ENDPOINT_PREFIX } from '../endpoint-path.ts';
import type { RouteMember } from '../route.ts';
import { readEvents, type ServerEvent } from './events.ts';
import type { BundleCaller, MemberDoor } from './member-door.ts';
import { type Message, readMessage, recordIn } from './messages.ts';

const CONNECT_MS_MAX = 5_000;
/** The endpoint ends a call that is silent for longer. */
const SILENT_MS_MAX = 340_000;
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const SESSION_HEADER = 'mcp-session-id';

export type MemberRequest = {
  method: 'GET' | 'POST' | 'DELETE';
  headers: Record<string, string>;
  message: Message | null;
  signal: AbortSignal;
};

export type MemberAnswer = {
  status: number;
  sessionId: string | null;
  /** An event stream; `message` is null for one. */
  events: AsyncIterable<ServerEvent> | null;
  message: Message | null;
};

/** Why a member cannot be used now. */
export type MemberFailure = { code: string; message: string };

/** A member gave no answer that a client could use. */
export class MemberFailedError extends Error {
  readonly failure: MemberFailure;
  constructor(failure: MemberFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export type MemberClient = {
  send(caller: BundleCaller, member: RouteMember, request: MemberRequest): Promise<MemberAnswer>;
  close(): Promise<void>;
};

/** Reads the reason in a refusal of the endpoint. */
export const failureIn = ({ status, message }: Pick<MemberAnswer, 'status' | 'message'>): MemberFailure => {
  const error = recordIn(message ?? {}, 'error');
  const { code } = recordIn(error, 'data');
  return {
    code: typeof code === 'string' ? code : `HTTP_${status}`,
    message: typeof error['message'] === 'string' ? error['message'] : `The server answered with HTTP ${status}.`,
  };
};

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('The answer is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Sends requests of a bundle's callers to its members. Throws MemberFailedError where no answer came. */
export function createMemberClient(door: MemberDoor): MemberClient {
  const agent = new Agent({
    connect: { timeout: CONNECT_MS_MAX },
    headersTimeout: SILENT_MS_MAX,
    bodyTimeout: 0,
    connections: null, // an open stream holds a connection
  });
  return {
    send: async (caller, member, { method, headers, message, signal }) => {
      try {
        const answer = await agent.request({
          origin: door.origin,
          path: ENDPOINT_PREFIX + member.deploymentId,
          method,
          headers: {
            ...headers,
            ...door.headersFor(caller, member),
            ...(message === null ? {} : { 'content-type': 'application/json' }),
          },
          body: message === null ? null : JSON.stringify(message),
          signal,
        });
        answer.body.on('error', () => {}); // also while nothing reads it
        const { statusCode: status } = answer;
        const sessionId = answer.headers[SESSION_HEADER];
        const head = { status, sessionId: typeof sessionId === 'string' ? sessionId : null };
        if (String(answer.headers['content-type']).startsWith('text/event-stream'))
          return { ...head, events: readEvents(answer.body), message: null };
        return { ...head, events: null, message: readMessage(await readText(answer.body)) };
      } catch (error) {
        signal.throwIfAborted();
        throw new MemberFailedError({ code: 'MACHINE_LOST', message: messageOf(error) });
      }
    },
    close: () => agent.destroy(),
  };
}

/** Waits for the message that answers a request; messages before it are dropped. */
export async function answerIn({ events, message }: MemberAnswer): Promise<Message | null> {
  if (events === null) return message;
  for await (const { data } of events) {
    const read = data === '' ? null : readMessage(data);
    if (read !== null && read['method'] === undefined) return read;
  }
  return null;
}
