import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError, sendJson } from '../bridge/answers.ts';
import { readBody } from '../bridge/read-body.ts';
import { fromWire } from '../bridge/wire-values.ts';
import { isRecord, isText, isTexts } from '../records.ts';
import type { HeldView, Selection } from '../view-contract.ts';
import type { HeldViews } from './held-views.ts';

const isSelection = (value: unknown): value is Selection =>
  isRecord(value) && (value['allow'] === null || isTexts(value['allow'])) && isTexts(value['deny']);

const parseHeldView = (body: string): HeldView | null => {
  const value = fromWire(body);
  if (!isRecord(value) || !isText(value['id']) || !Number.isInteger(value['revision'])) return null;
  const { rules } = value;
  if (!isRecord(rules)) return null;
  const { tools, prompts, resources, instructions } = rules;
  const isWhole =
    isSelection(tools) &&
    isRecord((tools as Record<string, unknown>)['changes']) &&
    isSelection(prompts) &&
    isSelection(resources) &&
    (instructions === null || isText(instructions));
  return isWhole ? (value as unknown as HeldView) : null; // every field was just checked
};

/** Answers `POST /views`. */
export const answerViews = (
  views: Pick<HeldViews, 'take'>,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  readBody(request, (body) => {
    const view = parseHeldView(body ?? '');
    if (view === null) return sendError(response, 400, 'The body is not a view.');
    views.take(view);
    sendJson(response, 200, '{}');
  });
};
