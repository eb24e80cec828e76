import { RPC, scanBatch } from '../bridge/json-rpc.ts';
import { fromWire, toWire } from '../bridge/wire-values.ts';
import { callArguments } from './call-arguments.ts';
import type { Catalog } from './catalog.ts';
import type { CompiledView } from './compiled-view.ts';
import { type Member, membersIn, rawOf, textOf, toObject, withMember, withoutLookalikes } from './edit-members.ts';
import { openCursor } from './sealed-cursor.ts';
import { isListMethod, type ListMethod } from './shown-list.ts';
import type { Missing } from './unknown-answer.ts';

/** The decision about a request on its way to the child. `params` is raw text of the wire. */
export type RequestPlan =
  | { kind: 'send'; params: string | null; real?: string; shown?: string }
  /** It names what the view does not hold: the child is asked for something that it cannot know either. */
  | { kind: 'missing'; params: string; missing: Missing; standIns: { of: string; by: string }[] }
  | { kind: 'refuse'; code: number; message: string };

export type PlanContext = {
  viewId: string;
  view: CompiledView;
  catalog: Catalog;
  /** A name that no server knows. */
  unknown: string;
  /** Tasks that calls in this view have started. */
  tasks: ReadonlySet<string>;
};

/** Members that decide what a request reaches, by method: names that differ in case only are dropped. */
const GUARDED: Record<string, readonly string[]> = {
  'tools/call': ['name', 'arguments', 'task'],
  'prompts/get': ['name', 'arguments'],
  'resources/read': ['uri'],
  'resources/subscribe': ['uri'],
  'resources/unsubscribe': ['uri'],
  'completion/complete': ['ref', 'argument', 'context'],
  'subscriptions/listen': ['notifications'],
  'tasks/get': ['taskId'],
  'tasks/result': ['taskId'],
  'tasks/cancel': ['taskId'],
  'tasks/update': ['taskId'],
};

/** Requests that reach nothing of what a view limits. */
const FREE: ReadonlySet<string> = new Set(['initialize', 'server/discover', 'ping', 'logging/setLevel']);
const LISTENED = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'];

/** The lists that have to be known before the request is decided. */
export const listsFor = (method: string): readonly ListMethod[] => {
  if (isListMethod(method)) return ['tools/list', ...(method === 'tools/list' ? [] : [method])];
  if (method === 'tools/call') return ['tools/list'];
  return method === 'prompts/get' || method === 'completion/complete' ? ['prompts/list'] : [];
};

/** The name that must be in a list for the request to reach something. */
export const nameToFind = (method: string, params: readonly Member[]): { list: ListMethod; name: string } | null => {
  const list = method === 'tools/call' ? 'tools/list' : method === 'prompts/get' ? 'prompts/list' : null;
  const name = list && textOf(params, 'name');
  return list === null || name === null ? null : { list, name };
};

/** The server's name of a tool that is in its list and in the view. */
const findTool = ({ view, catalog }: PlanContext, shown: string): string | null => {
  const real = view.realTool(shown);
  return real !== null && catalog.namesOf(view, 'tools/list').shown.has(real) ? real : null;
};

export const isInView = (context: PlanContext, { list, name }: { list: ListMethod; name: string }): boolean =>
  list === 'tools/list'
    ? findTool(context, name) !== null
    : context.view.showsPrompt(name) && context.catalog.namesOf(context.view, list).shown.has(name);

/** Params that name a thing by a member, in place of which the child gets a name that it cannot know. */
const missingName = (
  { unknown }: PlanContext,
  params: readonly Member[],
  member: string,
  missing: Missing,
): RequestPlan => ({
  kind: 'missing',
  params: toObject(withMember(params, member, toWire(unknown))),
  missing,
  standIns: [{ of: unknown, by: missing.name }],
});

/** The same for a URI: a scheme of which the server can have no template, so that it reads nothing. */
const missingUri = ({ unknown }: PlanContext, uri: string, paramsWith: (uri: string) => string): RequestPlan => {
  const at = uri.indexOf('://');
  const [scheme, rest] = at === -1 ? ['', uri] : [uri.slice(0, at), uri.slice(at + 3)];
  const standIn = `${unknown}://${unknown}-rest`;
  return {
    kind: 'missing',
    params: paramsWith(standIn),
    missing: { kind: 'resource', name: uri },
    standIns: [
      { of: standIn, by: uri },
      { of: `${unknown}-rest`, by: rest },
      { of: unknown, by: scheme },
    ],
  };
};

const planCompletion = (context: PlanContext, params: readonly Member[]): RequestPlan => {
  const ref = withoutLookalikes(membersIn(rawOf(params, 'ref') ?? '') ?? [], ['type', 'name', 'uri']);
  const whole = (by: Member[]) => toObject(withMember(params, 'ref', toObject(by)));
  const [type, name, uri] = [textOf(ref, 'type'), textOf(ref, 'name'), textOf(ref, 'uri')];
  if (type === 'ref/prompt' && name !== null) {
    const clean = ref.filter((member) => member.name !== 'uri');
    if (isInView(context, { list: 'prompts/list', name })) return { kind: 'send', params: whole(clean) };
    return {
      kind: 'missing',
      params: whole(withMember(clean, 'name', toWire(context.unknown))),
      missing: { kind: 'prompt', name },
      standIns: [{ of: context.unknown, by: name }],
    };
  }
  if (type === 'ref/resource' && uri !== null) {
    const clean = ref.filter((member) => member.name !== 'name');
    if (context.view.showsResource(uri)) return { kind: 'send', params: whole(clean) };
    return missingUri(context, uri, (standIn) => whole(withMember(clean, 'uri', toWire(standIn))));
  }
  return { kind: 'refuse', code: RPC.INVALID_PARAMS, message: 'The ref names neither a prompt nor a resource.' };
};

/** Subscriptions to what the view shows alone; parts of the filter that are no part of the protocol are left out. */
const planListen = ({ view }: PlanContext, params: readonly Member[]): RequestPlan => {
  // A server could read something else than an object as one.
  const filter = membersIn(rawOf(params, 'notifications') ?? '') ?? [];
  const kept = filter.flatMap(({ name, value }) => {
    if (LISTENED.includes(name)) return [{ name, value }];
    if (name !== 'resourceSubscriptions') return [];
    const uris = (scanBatch(value) ?? []).filter((uri) => {
      const read = fromWire(uri);
      return typeof read === 'string' && view.showsResource(read);
    });
    return [{ name, value: `[${uris.join(',')}]` }];
  });
  return { kind: 'send', params: toObject(withMember(params, 'notifications', toObject(kept))) };
};

const planList = ({ viewId, unknown }: PlanContext, method: string, params: Member[] | null): RequestPlan => {
  const cursor = params === null ? null : rawOf(params, 'cursor');
  if (params === null || cursor === null) return { kind: 'send', params: params && toObject(params) };
  const own = openCursor(cursor, `${viewId}\n${method}`) ?? toWire(unknown);
  return { kind: 'send', params: toObject(withMember(params, 'cursor', own)) };
};

/** Decides what becomes of a request. Closed: what no revision of the protocol knows is no method of a view. */
export const planRequest = (context: PlanContext, method: string, raw: Member[] | null): RequestPlan => {
  if (FREE.has(method)) return { kind: 'send', params: raw && toObject(raw) };
  if (isListMethod(method) || method === 'tasks/list')
    return planList(context, method, raw && withoutLookalikes(raw, ['cursor']));
  const guarded = GUARDED[method];
  if (guarded === undefined || !Object.hasOwn(GUARDED, method))
    return { kind: 'refuse', code: RPC.METHOD_NOT_FOUND, message: 'Method not found' };
  const params = withoutLookalikes(raw ?? [], guarded);
  switch (method) {
    case 'tools/call': {
      const shown = textOf(params, 'name');
      if (shown === null)
        return { kind: 'refuse', code: RPC.INVALID_PARAMS, message: 'The name of the tool is missing.' };
      const real = findTool(context, shown);
      if (real === null) return missingName(context, params, 'name', { kind: 'tool', name: shown });
      const args = callArguments(rawOf(params, 'arguments'), context.view.changeOf(real));
      const named = withMember(params, 'name', toWire(real));
      return {
        kind: 'send',
        params: toObject(args === null ? named : withMember(named, 'arguments', args)),
        real,
        shown,
      };
    }
    case 'prompts/get': {
      const name = textOf(params, 'name');
      if (name === null)
        return { kind: 'refuse', code: RPC.INVALID_PARAMS, message: 'The name of the prompt is missing.' };
      return isInView(context, { list: 'prompts/list', name })
        ? { kind: 'send', params: toObject(params) }
        : missingName(context, params, 'name', { kind: 'prompt', name });
    }
    case 'completion/complete':
      return planCompletion(context, params);
    case 'subscriptions/listen':
      return planListen(context, params);
    default: {
      const member = guarded[0] ?? '';
      const name = textOf(params, member);
      if (name === null) return { kind: 'refuse', code: RPC.INVALID_PARAMS, message: `The ${member} is missing.` };
      if (member === 'taskId')
        return context.tasks.has(name)
          ? { kind: 'send', params: toObject(params) }
          : missingName(context, params, 'taskId', { kind: 'task', name });
      return context.view.showsResource(name)
        ? { kind: 'send', params: toObject(params) }
        : missingUri(context, name, (standIn) => toObject(withMember(params, 'uri', toWire(standIn))));
    }
  }
};
