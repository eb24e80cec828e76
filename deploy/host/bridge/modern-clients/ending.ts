import { isRecord } from '../../records.ts';
import { type Envelope, errorMessage, resultMessage, scan, slice } from '../json-rpc.ts';
import { modernStatus } from '../modern-answers.ts';
import { fromWire } from '../wire-values.ts';
import { decorate, MISSING_CAPABILITY, modernError, readError, URL_ELICITATION_REQUIRED } from './modern-answer.ts';
import { missingCapability } from './questions.ts';

/** The call that an answer of a child is translated for. */
export type Ended = {
  /** The id of the client's request, raw JSON text. */
  clientId: string;
  method: string;
  /** Declared by the client. */
  capabilities: Record<string, unknown>;
  /** The capabilities that the child needed and the client did not declare; null if there are none. */
  lacking: Record<string, unknown> | null;
  /** Names the server in results (`serverInfoMeta`). */
  serverMeta: string;
};

/** The answer for the client, or the input that it has to bring before the call is made again. */
export type Ending = { message: string; status: number } | { inputRequests: Record<string, unknown> };

/** Translates the answer with which a legacy child ends a call. Null for an answer that cannot be read. */
export function endingOf(answer: Envelope, ended: Ended): Ending | null {
  const { clientId, capabilities, lacking } = ended;
  if (lacking !== null && hasFailed(answer)) return asError(lackOf(clientId, lacking));
  if (answer.result !== null) {
    const result = decorate(ended.method, slice(answer.text, answer.result), ended.serverMeta);
    return { message: resultMessage(clientId, result), status: 200 };
  }
  const error = readError(answer);
  if (error.code === URL_ELICITATION_REQUIRED) {
    const missing = missingCapability({ method: 'elicitation/create', params: '{"mode":"url"}' }, capabilities);
    return missing === null ? { inputRequests: elicitationsIn(error.data) } : asError(lackOf(clientId, missing));
  }
  return asError(modernError(answer, clientId));
}

const asError = (message: string): Ending | null => {
  const error = scan(message);
  return error === null ? null : { message, status: modernStatus(error) };
};

const hasFailed = (answer: Envelope): boolean => {
  if (answer.result === null) return true;
  const result: unknown = answer.text.includes('"isError"') ? fromWire(slice(answer.text, answer.result)) : null;
  return isRecord(result) && result['isError'] === true;
};

const lackOf = (id: string, requiredCapabilities: Record<string, unknown>): string =>
  errorMessage(id, MISSING_CAPABILITY, 'The call requires capabilities that the client did not declare.', {
    requiredCapabilities,
  });

/** The elicitations that error -32042 of 2025-11-25 names, as input requests. */
const elicitationsIn = (data: unknown): Record<string, unknown> => {
  const listed: unknown[] = isRecord(data) && Array.isArray(data['elicitations']) ? data['elicitations'] : [];
  return Object.fromEntries(
    listed
      .filter(isRecord)
      .map(({ elicitationId: _id, ...params }, index) => [
        `elicitation_${index + 1}`,
        { method: 'elicitation/create', params: { mode: 'url', ...params } },
      ]),
  );
};
