import type { Envelope } from '../bridge/json-rpc.ts';
import { membersIn, membersOf, rawOf, textOf } from '../views/edit-members.ts';
import type { IndexedLock } from './shown-list.ts';

/** Whether the part of a tool that calls depend on is one of the accepted ones; null where no list has shown it. */
export type IsCallable = (name: string) => boolean | null;

const CHANGED = 'The server changed the definition of this tool, so that a call may do something else.';
const WAITS = 'The owner of the deployment has to approve the change first.';

const refuseTool = (lock: IndexedLock, name: string | null, isCallable: IsCallable): string | null => {
  if (name === null) return null; // the server says what is wrong
  const tool = lock.tools.get(name);
  if (tool === undefined) return `The tool “${name}” is new.`;
  const callable = isCallable(name);
  if (callable === null) return tool.refusal;
  return callable ? null : (tool.refusal ?? CHANGED);
};

const refusePrompt = (lock: IndexedLock, name: string | null): string | null => {
  if (name === null) return null;
  const prompt = lock.prompts.get(name);
  return prompt === undefined ? `The prompt “${name}” is new.` : prompt.refusal;
};

const refuseResource = (lock: IndexedLock, uri: string | null): string | null =>
  uri !== null && lock.resources.get(uri) === null ? `The resource “${uri}” has a suspicious description.` : null;

/** Reads the members that name something alone: arguments may be large, and need not be parsed. */
const reasonOf = (lock: IndexedLock, { method, text, params }: Envelope, isCallable: IsCallable): string | null => {
  const named = (member: string) => textOf(membersOf(text, params) ?? [], member);
  switch (method) {
    case 'tools/call':
      return refuseTool(lock, named('name'), isCallable);
    case 'prompts/get':
      return refusePrompt(lock, named('name'));
    case 'resources/read':
    case 'resources/subscribe':
      return refuseResource(lock, named('uri'));
    case 'completion/complete': {
      const ref = membersIn(rawOf(membersOf(text, params) ?? [], 'ref') ?? '') ?? [];
      return textOf(ref, 'type') === 'ref/prompt'
        ? refusePrompt(lock, textOf(ref, 'name'))
        : refuseResource(lock, textOf(ref, 'uri'));
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
