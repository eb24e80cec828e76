import { type Envelope, errorMessage, RPC, scan } from '../bridge/json-rpc.ts';
import { readable, toWire } from '../bridge/wire-values.ts';

/** A thing that a client named and the view does not hold. */
export type Missing = { kind: 'tool' | 'prompt' | 'resource' | 'task'; name: string };

/** The answer of the protocol for each (2025-11-25: server/tools, prompts, resources). */
const standardAnswer = (id: string | null, { kind, name }: Missing, isModern: boolean): string => {
  if (kind === 'resource')
    return errorMessage(id, isModern ? RPC.INVALID_PARAMS : RPC.RESOURCE_NOT_FOUND, 'Resource not found', {
      uri: name,
    });
  return errorMessage(id, RPC.INVALID_PARAMS, `Unknown ${kind}: ${name}`);
};

/** Text inside a JSON string of the wire. */
const inString = (text: string): string => toWire(text).slice(1, -1);

/**
 * Makes the server's answer for a name that it cannot know the answer for the name that the client sent: a hidden thing is
 * answered by the very words in which this server answers for what does not exist. A server that names what it does have
 * instead would give hidden names away: then the answer is that of the protocol.
 */
export const answerForMissing = (
  answer: Envelope,
  missing: Missing,
  {
    standIns,
    hidden,
    isModern,
  }: { standIns: readonly { of: string; by: string }[]; hidden: Iterable<string>; isModern: boolean },
): Envelope => {
  let blank = answer.text;
  let text = answer.text;
  for (const { of, by } of standIns) {
    blank = blank.replaceAll(of, '');
    text = text.replaceAll(of, () => inString(by));
  }
  const said = readable(blank);
  for (const name of hidden)
    if (said.includes(name)) return scan(standardAnswer(answer.id, missing, isModern)) ?? answer;
  return scan(text) ?? answer;
};
