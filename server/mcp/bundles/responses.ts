import type { ServerResponse } from 'node:http';
import { HOST_MARK_HEADER } from '#deploy/host/header-contract.ts';
import type { RouteMember } from '../route.ts';
import type { Asker } from './askers.ts';
import { toEventId } from './event-ids.ts';
import { writeEvent } from './events.ts';
import { failureIn, type MemberAnswer, MemberFailedError } from './member-client.ts';
import { errorFor, isId, type Message, RPC, type RpcId, readMessage, recordIn } from './messages.ts';
import { type ShownUris, toClient } from './to-client.ts';

const STREAM_HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' };
/** Statuses of the modern era that belong to an error of the protocol. */
const PROTOCOL_STATUSES: readonly number[] = [400, 404];

export const sendMessage = (
  response: ServerResponse,
  message: Message,
  status = 200,
  headers: Record<string, string> = {},
): void => {
  if (response.destroyed || response.headersSent) return;
  const body = JSON.stringify(message);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(status >= 400 ? { [HOST_MARK_HEADER]: '1' } : {}),
    ...headers,
  });
  response.end(body);
};

export const sendAccepted = (response: ServerResponse): void => {
  response.writeHead(202, { 'content-length': 0 });
  response.end();
};

export const beginStream = (response: ServerResponse): void => {
  response.writeHead(200, STREAM_HEADERS);
  response.flushHeaders();
};

/** The error of a member in place of an answer: the bundle itself works, so that its status is 200. */
export const failedAnswer = (
  member: RouteMember,
  id: RpcId | null,
  { code, message }: { code: string; message: string },
) => errorFor(id, RPC.SERVER, `${member.name}: ${message}`, { code, member: member.prefix });

/** Resolves when the client has read what it was sent, or left. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });

/** Writes one event, and waits for a client that reads slowly. */
export async function writeTo(response: ServerResponse, id: string | null, message: Message | null): Promise<void> {
  if (response.destroyed) return;
  const data = message === null ? '' : JSON.stringify(message);
  if (!response.write(writeEvent({ id, data }))) await drained(response);
}

/** Passes a request of a client to its member, and the answer back. */
export async function passOn(
  response: ServerResponse,
  {
    asker,
    member,
    message,
    shownUri,
    signal,
  }: {
    asker: Asker;
    member: RouteMember;
    message: Message;
    shownUri: ShownUris;
    signal: AbortSignal;
  },
): Promise<void> {
  const id = isId(message['id']) ? message['id'] : null;
  let answer: MemberAnswer;
  try {
    answer = await asker.ask(member, message, { signal });
  } catch (error) {
    if (!(error instanceof MemberFailedError)) throw error;
    return sendMessage(response, failedAnswer(member, id, error.failure));
  }
  const { status, events, message: answered } = answer;
  if (events === null) {
    if (answered === null && status < 300) return sendAccepted(response);
    const isRefusal =
      answered === null || (status >= 300 && recordIn(recordIn(answered, 'error'), 'data')['code'] !== undefined);
    if (isRefusal) return sendMessage(response, failedAnswer(member, id, failureIn(answer)));
    const kept = asker.era === 'modern' && PROTOCOL_STATUSES.includes(status) ? status : 200;
    return sendMessage(response, { ...toClient(member, answered, shownUri), id }, kept);
  }
  beginStream(response);
  let isAnswered = false;
  try {
    for await (const event of events) {
      const read = event.data === '' ? null : readMessage(event.data);
      if (event.data !== '' && read === null) continue;
      const eventId = event.id === null || asker.era === 'modern' ? null : toEventId({ [member.prefix]: event.id });
      if (read === null && eventId === null) continue;
      isAnswered ||= read !== null && read['method'] === undefined;
      await writeTo(response, eventId, read && toClient(member, read, shownUri));
    }
  } catch (error) {
    if (signal.aborted) throw error;
    if (!isAnswered)
      await writeTo(
        response,
        null,
        failedAnswer(member, id, { code: 'MACHINE_LOST', message: 'The server ended in the middle of the call.' }),
      );
  }
  response.end();
}
