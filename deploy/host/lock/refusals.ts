import { type Envelope, fromWire, slice } from '../bridge/json-rpc.ts';
import { isRecord, isText } from '../records.ts';
import type { IndexedLock } from './shown-list.ts';

/** Whether the part of a tool that calls depend on is one of the accepted ones; null where no list has shown it. */
export type IsCallable = (name: string) => boolean | null;

const CHANGED = 'The server changed the definition of this tool, so that a call may do something else.';
const WAITS = 'The owner of the deployment has to approve the change first.';

const paramsOf = ({ text, params }: Envelope): Record<string, unknown> => {
  const read = params === null ? null : fromWire(slice(text, params));
  return isRecord(read) ? read : {};
};

const refuseTool = (lock: IndexedLock, name: unknown, isCallable: IsCallable): string | null => {
  if (!isText(name)) return null; // the server says what is wrong
  const tool = lock.tools.get(name);
  if (tool === undefined) return `The tool “${name}” is new.`;
  const callable = isCallable(name);
  if (callable === null) return tool.refusal;
  return callable ? null : (tool.refusal ?? CHANGED);
};

const refusePrompt = (lock: IndexedLock, name: unknown): string | null => {
  if (!isText(name)) return null;
  const prompt = lock.prompts.get(name);
  return prompt === undefined ? `The prompt “${name}” is new.` : prompt.refusal;
};

const refuseResource = (lock: IndexedLock, uri: unknown): string | null =>
  isText(uri) && lock.resources.get(uri) === null ? `The resource “${uri}” has a suspicious description.` : null;

const reasonOf = (lock: IndexedLock, request: Envelope, isCallable: IsCallable): string | null => {
  switch (request.method) {
    case 'tools/call':
      return refuseTool(lock, paramsOf(request)['name'], isCallable);
    case 'prompts/get':
      return refusePrompt(lock, paramsOf(request)['name']);
    case 'resources/read':
    case 'resources/subscribe':
      return refuseResource(lock, paramsOf(request)['uri']);
    case 'completion/complete': {
      const ref = paramsOf(request)['ref'];
      if (!isRecord(ref)) return null;
      return ref['type'] === 'ref/prompt' ? refusePrompt(lock, ref['name']) : refuseResource(lock, ref['uri']);
    }
    default:
      return null;
  }
};

/** Why a request of a client is refused, in sentences; null if it passes. */
export const refusalOf = (lock: IndexedLock, request: Envelope, isCallable: IsCallable): string | null => {
  const reason = reasonOf(lock, request, isCallable);
  return reason === null ? null : `${reason} ${WAITS}`;
};
