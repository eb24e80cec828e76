import type { CallReply } from './call.ts';
import { type Envelope, findMember, replaceSpans, slice } from './json-rpc.ts';

export const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

const STATUS_OF_CODE: Record<string, number> = {
  '-32700': 400,
  '-32600': 400,
  '-32601': 404,
  '-32020': 400,
  '-32021': 400,
  '-32022': 400,
};

/** The HTTP status that the 2026 protocol asks for with an error. */
export const modernStatus = (envelope: Envelope): number => {
  const codeAt = findMember(envelope.text, envelope.error, 'code');
  return codeAt === null ? 200 : (STATUS_OF_CODE[slice(envelope.text, codeAt)] ?? 200);
};

/** Finds where a message names its subscription: the id of the request that opened it. */
export const subscriptionIdAt = (envelope: Envelope, body: Envelope['params']) =>
  envelope.text.includes(SUBSCRIPTION_ID)
    ? findMember(envelope.text, findMember(envelope.text, body, '_meta'), SUBSCRIPTION_ID)
    : null;

/** Answers a modern call: with the right status, and the client's own id wherever the child named its. */
export const answerModern = (
  call: { clientId: string; reply: CallReply | null },
  envelope: Envelope,
  now: number,
): void => {
  if (envelope.idAt === null) return;
  const changes = [{ at: envelope.idAt, by: call.clientId }];
  const subscriptionAt = subscriptionIdAt(envelope, envelope.result);
  if (subscriptionAt) changes.push({ at: subscriptionAt, by: call.clientId });
  call.reply?.answer(replaceSpans(envelope.text, changes), now, modernStatus(envelope));
};
