import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError, sendJson } from '../bridge/answers.ts';
import { readBody } from '../bridge/read-body.ts';
import { fromWire } from '../bridge/wire-values.ts';
import type { DefinitionLock, HeldLock } from '../lock-contract.ts';
import { isRecord, isText, isTexts } from '../records.ts';
import type { EnforcedLock } from './enforced-lock.ts';

/** With a server of thousands of tools; a client's request is limited to less. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;

const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

const isLocked = (item: unknown): boolean =>
  isRecord(item) &&
  isText(item['name']) &&
  isRecord(item['agreed']) &&
  isTexts(item['accepted']) &&
  isTextOrNull(item['refusal']);

const isDefinitionLock = (value: unknown): value is DefinitionLock => {
  if (!isRecord(value)) return false;
  const { tools, prompts, resources, instructions } = value;
  return (
    Array.isArray(tools) &&
    tools.every((tool) => isLocked(tool) && isRecord(tool) && isTexts(tool['callable'])) &&
    Array.isArray(prompts) &&
    prompts.every(isLocked) &&
    Array.isArray(resources) &&
    resources.every(
      (one) => isRecord(one) && isText(one['uri']) && (one['agreed'] === null || isRecord(one['agreed'])),
    ) &&
    Array.isArray(instructions) &&
    instructions.every(isTextOrNull)
  );
};

const parseHeldLock = (body: string): HeldLock | null => {
  const value = fromWire(body);
  if (!isRecord(value)) return null;
  const { version, lock } = value;
  if (typeof version !== 'number' || !Number.isSafeInteger(version)) return null;
  return lock === null || isDefinitionLock(lock) ? { version, lock } : null;
};

/** Answers `POST /lock`. */
export const answerLock = (
  lock: Pick<EnforcedLock, 'take'>,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  readBody(
    request,
    (body) => {
      const held = body === null ? null : parseHeldLock(body);
      if (held === null) return sendError(response, 400, 'The body is not a lock of definitions.');
      sendJson(response, lock.take(held) ? 200 : 409, '{}');
    },
    BODY_BYTES_MAX,
  );
};
