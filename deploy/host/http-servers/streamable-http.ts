import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage, onOneLine, RPC, scan, slice } from '../bridge/json-rpc.ts';
import { messageOf } from '../failure.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import { createEventStreamReader } from './event-stream-reader.ts';
import { type Answer, discard, exchange, isEventStream, readAll } from './exchange.ts';
import type { Address } from './listening-ports.ts';
import { type Message, modernHeaders } from './message.ts';

const ACCEPT = 'application/json, text/event-stream';
const RECONNECT_MS = 1_000;
const RECONNECTS_MAX = 5;
/** A notification that the server does not accept in this time no longer holds up the messages behind it. */
const ACCEPTED_MS_MAX = 5_000;
const DELETE_MS_MAX = 300;
/** The exit of a process is seen in this time after its connections were cut. */
const EXIT_MS_MAX = 250;
const VERSION = /"protocolVersion"\s{0,9}:\s{0,9}"([\d-]{1,20})"/;
const REQUEST_ID = /"requestId"\s{0,9}:\s{0,9}("[^"]{0,200}"|-?\d{1,20})/;

type Reading = { signal: AbortSignal; onAnswer: (text: string) => void };

/** The error of an answer that has no id, or not that of the request. */
const refusalOf = (id: string, status: number, body: string): string => {
  const envelope = scan(body);
  if (envelope?.error) return `{"jsonrpc":"2.0","id":${id},"error":${onOneLine(slice(body, envelope.error))}}`;
  const why =
    status === 401 || status === 403 ? 'The server demands a sign-in of its own' : 'The server refused the call';
  return errorMessage(id, RPC.SERVER, `${why} (HTTP ${status}).`);
};

/**
 * One session with a server over Streamable HTTP (2025-03-26 to 2025-11-25), or the calls of the stateless era
 * (2026-07-28). The first message has been sent when it opens: `answer` is the beginning of its answer.
 */
export const openStreamableHttp = (
  address: Address,
  path: string,
  first: { message: Message; answer: Answer },
  events: ConnectionEvents,
): Connection => {
  const closing = new AbortController();
  /** Requests that are under way, by their raw id. */
  const open = new Map<string, AbortController>();
  let session: string | null = null;
  let version: string | null = null;
  let listening = false;

  const sessionHeaders = (): Record<string, string> => ({
    ...(session === null ? {} : { 'mcp-session-id': session }),
    ...(version === null ? {} : { 'mcp-protocol-version': version }),
  });

  /** Emits the messages of a stream until it ends. Returns the place to continue from. */
  const readStream = async (found: Answer, onMessage: (text: string) => void) => {
    const reader = createEventStreamReader(({ data }) => onMessage(onOneLine(data)));
    for await (const chunk of found.body as AsyncIterable<Buffer>) reader.push(chunk.toString('latin1'));
    return { lastId: reader.lastId, retryMs: reader.retryMs ?? RECONNECT_MS };
  };

  const listen = (lastId: string | null, signal: AbortSignal): Promise<Answer> =>
    exchange({
      address,
      method: 'GET',
      path,
      headers: {
        accept: 'text/event-stream',
        ...sessionHeaders(),
        ...(lastId === null ? {} : { 'last-event-id': lastId }),
      },
      signal,
    });

  /** The stream on which a server sends what belongs to no call. Servers need not have one. */
  const keepListening = async (): Promise<void> => {
    let lastId: string | null = null;
    for (let failures = 0; failures < RECONNECTS_MAX && !closing.signal.aborted; ) {
      let waitMs = RECONNECT_MS;
      try {
        const found = await listen(lastId, closing.signal);
        if (found.status !== 200 || !isEventStream(found)) return discard(found);
        failures = 0;
        const end = await readStream(found, events.emit);
        lastId = end.lastId ?? lastId;
        waitMs = end.retryMs;
      } catch {
        failures += 1; // it ended in the middle, or the server is going
      }
      await delay(waitMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  };

  /** Reads the answer to a request from a stream, and continues it where the server ended it before the answer. */
  const readAnswerStream = async (id: string, begun: Answer, { signal, onAnswer }: Reading): Promise<void> => {
    let answered = false;
    const onMessage = (text: string) => {
      const envelope = scan(text);
      const isAnswer = envelope?.method === null && envelope.id === id;
      answered ||= isAnswer;
      if (isAnswer) onAnswer(text);
      events.emit(text);
    };
    let found = begun;
    let lastId: string | null = null;
    for (let turn = 0; ; turn += 1) {
      const end = await readStream(found, onMessage);
      lastId = end.lastId ?? lastId;
      if (answered) return;
      if (lastId === null || turn === RECONNECTS_MAX) break;
      await delay(end.retryMs, undefined, { signal, ref: false });
      found = await listen(lastId, signal);
      if (found.status !== 200 || !isEventStream(found)) {
        discard(found);
        break;
      }
    }
    events.emit(errorMessage(id, RPC.SERVER, 'The server ended the stream without an answer.'));
  };

  const readAnswer = async (id: string | null, found: Answer, reading: Reading): Promise<void> => {
    const isAccepted = found.status >= 200 && found.status < 300;
    if (isAccepted && id !== null && isEventStream(found)) return readAnswerStream(id, found, reading);
    const body = await readAll(found);
    if (isAccepted && body.trim() !== '') {
      reading.onAnswer(body);
      events.emit(onOneLine(body));
    } else if (isAccepted) {
      if (id !== null) events.emit(errorMessage(id, RPC.SERVER, 'The server accepted the call without an answer.'));
    } else {
      if (id !== null) events.emit(refusalOf(id, found.status, body));
      else events.log(`The server refused a notification (HTTP ${found.status}).`);
      if (found.status === 404 && session !== null) events.lost('The server has ended the session.');
    }
  };

  const post = (sent: Message, signal: AbortSignal): Promise<Answer> =>
    exchange({
      address,
      method: 'POST',
      path,
      headers: { accept: ACCEPT, ...sessionHeaders(), ...modernHeaders(sent) },
      body: sent.text,
      signal,
    });

  /** Sends a message, if that was not done yet, and reads its answer. Resolves when later messages may follow. */
  const exchangeMessage = async (sent: Message, begun?: Answer): Promise<void> => {
    const id = sent.method === null ? null : sent.id;
    const isHandshake = sent.method === 'initialize';
    const aborter = new AbortController();
    const signal = AbortSignal.any([aborter.signal, closing.signal]);
    const { promise: answered, resolve: onAnswered } = Promise.withResolvers<void>();
    if (id !== null) open.set(id, aborter);
    const work = (async () => {
      const found = begun ?? (await post(sent, signal));
      if (isHandshake) session = found.headers['mcp-session-id']?.toString() ?? null;
      const onAnswer = (text: string) => {
        if (isHandshake) version = VERSION.exec(text)?.[1] ?? null;
        onAnswered();
      };
      await readAnswer(id, found, { signal, onAnswer });
    })()
      .catch(async (error: unknown) => {
        // A server that has just ended takes the relay with it: its exit explains more than a cut connection.
        await delay(EXIT_MS_MAX, undefined, { ref: false });
        if (signal.aborted) return;
        const why = `The server did not answer: ${messageOf(error)}`;
        if (id !== null) events.emit(errorMessage(id, RPC.SERVER, why));
        else events.log(why);
      })
      .finally(() => {
        if (id !== null) open.delete(id);
        onAnswered();
      });
    // The answer to `initialize` brings the session and the revision, without which nothing else may be sent.
    if (isHandshake) await answered;
    else if (id === null) await Promise.race([work, delay(ACCEPTED_MS_MAX, undefined, { ref: false })]);
  };

  /** Closes the stream of a call. In the stateless era this cancels it; before, the notification has done that. */
  const closeCall = ({ text }: Message): void => {
    const id = REQUEST_ID.exec(text)?.[1] ?? '';
    open.get(id)?.abort();
    open.delete(id);
  };

  const opening = exchangeMessage(first.message, first.answer);

  return {
    async deliver(sent) {
      await opening;
      const isCancellation = sent.method === 'notifications/cancelled';
      if (!isCancellation || version !== null) await exchangeMessage(sent);
      if (isCancellation) closeCall(sent);
      if (sent.method === 'notifications/initialized' && !listening) {
        listening = true;
        void keepListening();
      }
    },
    async close() {
      closing.abort();
      if (session === null) return;
      const limit = AbortSignal.timeout(DELETE_MS_MAX);
      await exchange({ address, method: 'DELETE', path, headers: sessionHeaders(), signal: limit }).then(
        discard,
        () => undefined, // the server ends either way
      );
    },
  };
};
