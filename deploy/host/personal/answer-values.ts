import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError, sendJson } from '../bridge/answers.ts';
import { readBody } from '../bridge/read-body.ts';
import { toWire } from '../bridge/wire-values.ts';
import type { CallerValues, HeldRevision } from '../contract.ts';
import { isRecord, isText, isTexts, parseJson } from '../records.ts';
import type { HeldValues } from './held-values.ts';

const isHeldRevision = (value: unknown): value is HeldRevision =>
  isRecord(value) && isText(value['principal']) && isText(value['revision']);

const parseHeldRevisions = (body: string): HeldRevision[] | null => {
  const value = parseJson(body);
  return Array.isArray(value) && value.every(isHeldRevision) ? value : null;
};

const parseCallerValues = (body: string): CallerValues | null => {
  const value = parseJson(body);
  if (!isRecord(value) || !isHeldRevision(value)) return null;
  const { at, env, secrets } = value as Record<string, unknown>;
  const isWhole = typeof at === 'number' && isRecord(env) && Object.values(env).every(isText) && isTexts(secrets);
  return isWhole ? (value as unknown as CallerValues) : null; // every field was just checked
};

/** Answers `GET /values`, `POST /values` and `POST /values/forget`. No answer repeats a part of a body: it holds values. */
export const answerValues = (
  values: Pick<HeldValues, 'take' | 'forget' | 'list'>,
  route: string,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const send = (status: number, answer: unknown) => sendJson(response, status, toWire(answer));
  if (route === 'GET /values') {
    send(200, values.list());
    return;
  }
  readBody(request, (body) => {
    const text = Buffer.from(body ?? '', 'latin1').toString('utf8');
    const given = route === 'POST /values' ? parseCallerValues(text) : null;
    const revisions = route === 'POST /values/forget' ? parseHeldRevisions(text) : null;
    if (given !== null) void values.take(given).then((taken) => send(taken ? 200 : 409, {}));
    else if (revisions !== null) void values.forget(revisions).then(() => send(200, {}));
    else sendError(response, 400, 'The body is not what this address takes.');
  });
};
