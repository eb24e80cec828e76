import { once } from 'node:events';
import { responseOf } from '../../response.testing.ts';
import { createCallLog } from '../calls/call-log.ts';
import type { ChildEvents, ChildExit } from '../child/child-process.ts';
import type { HostIsolation } from '../contract.ts';
import { PRINCIPAL_HEADER, REQUEST_ID_HEADER } from '../header-contract.ts';
import { createEnforcedLock } from '../lock/enforced-lock.ts';
import { openViews } from '../views/open-views.ts';
import { workspaceOwnerOf } from '../workspaces/owner.ts';
import type { Workspace } from '../workspaces/workspaces.ts';
import { type BridgeDeps, createBridge } from './bridge.ts';
import { type ChildPoolDeps, createChildPool } from './child-pool.ts';
import { createRouter } from './routing.ts';
import { createToolHeaders } from './tool-headers.ts';
import { type Answers, type Json, LEGACY } from './whole-bridge-answers.testing.ts';

/** The whole bridge, with children that answer in this process and clients without sockets. Time is `clock.now`. */

export const MODERN_META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Above what the system gives to processes, so that none is looked at. */
const NO_PROCESS = 1_000_000_000;

/** Lets everything happen that needs no clock. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn += 1) await new Promise(setImmediate);
};

export type ScriptedChild = ReturnType<typeof scriptedChild>;

const scriptedChild = (events: ChildEvents, answers: Answers, workspace: Workspace, number: number) => {
  const received: Json[] = [];
  let stops = 0;
  let hasEnded = false;
  const end = (exit: Partial<ChildExit> = {}) => {
    if (hasEnded) return;
    hasEnded = true;
    events.onExit({ code: 1, signal: null, requested: false, ...exit });
  };
  const say = (message: Json) => events.onLine(JSON.stringify({ jsonrpc: '2.0', ...message }));
  const ofMethod = (method: string) => received.filter((message) => message['method'] === method);
  return {
    workspace,
    received,
    ofMethod,
    methods: () => received.map(({ method }) => method),
    stops: () => stops,
    /** Sends a request or a notification of the server. */
    say,
    stderr: (line: string) => events.onStderr(line),
    /** Answers the newest request of the method. */
    reply: (method: string, members: Json) => say({ id: ofMethod(method).at(-1)?.['id'], ...members }),
    end,
    handle: {
      pid: NO_PROCESS + number,
      exited: new Promise<ChildExit>(() => {}),
      bufferedBytes: 0,
      send(text: string) {
        const message: Json = JSON.parse(text);
        received.push(message);
        const answer = answers[String(message['method'])];
        const members = typeof answer === 'function' ? answer(message) : answer;
        if (members !== undefined && message['id'] !== undefined)
          queueMicrotask(() => hasEnded || say({ id: message['id'], ...members }));
      },
      async stop() {
        stops += 1;
        end({ code: 0, requested: true });
      },
    },
  };
};

/** One HTTP request of a client, with the answer that it received. */
export type Exchange = ReturnType<typeof exchangeOf>;

const exchangeOf = ({ request, response, head, body }: ReturnType<typeof responseOf>) => ({
  request,
  response,
  body,
  status: () => response.statusCode,
  isOver: () => response.writableEnded,
  header: (name: string) => response.getHeader(name) ?? new RegExp(`^${name}: (.*)$`, 'im').exec(head())?.[1]?.trim(),
  json: (): Json => JSON.parse(body()),
  /** The messages of an event stream. */
  events: (): Json[] => [...body().matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data ?? '')),
  /** The client closes the connection. */
  leave: () => response.emit('close'),
});

type Options = {
  answers?: Answers;
  isolation?: HostIsolation;
  bridge?: Partial<BridgeDeps>;
  pool?: Partial<ChildPoolDeps>;
};

export function openBridge({ answers = LEGACY, isolation = 'AUTO', ...deps }: Options = {}) {
  const children: ScriptedChild[] = [];
  const logs: string[] = [];
  const removed: Workspace[] = [];
  const workspaces = new Map<string | null, Workspace>();
  const clock = { now: 0 };
  const startFailures: number[] = [];
  const toolHeaders = createToolHeaders();
  const lock = createEnforcedLock({ redact: (text) => text, onTaken: () => bridge.forgetOffer() });
  const log = (_: string, text: string) => void logs.push(text);
  const workspaceOf = (owner: string | null): Workspace => {
    const workspace = workspaces.get(owner) ?? {
      owner,
      command: { command: '', args: [], cwd: '', env: {} },
      used: false,
      children: 0,
      lastUsed: 0,
    };
    workspaces.set(owner, workspace);
    return workspace;
  };
  const views = openViews(() => pool.peers);
  const pool = createChildPool({
    spawn(events, workspace) {
      const child = scriptedChild(events, answers, workspace, children.length + 1);
      children.push(child);
      return child.handle;
    },
    workspaces: {
      acquire: async (owner) => workspaceOf(owner),
      find: (owner) => workspaces.get(owner) ?? null,
      mayServe: (workspace, owner) => workspace.owner === null || owner === null || workspace.owner === owner,
      remove: async (workspace) => void removed.push(workspace),
    },
    router: createRouter({ log: (text) => log('HOST', text), onToolsChanged: toolHeaders.forget }),
    guard: lock,
    clock: () => clock.now,
    handshakeTimeoutMs: 60_000,
    log,
    redactFailure: (failure) => failure,
    variables: [],
    engineWarning: () => null,
    makeRoom: async () => {},
    onServing: () => {},
    views: views.held,
    onStartFailed: () => void startFailures.push(clock.now),
    variablesFor: null,
    ...deps.pool,
  });
  const bridge = createBridge({
    pool,
    viewsGate: views.gate,
    isolation,
    machineId: 'm1',
    clock: () => clock.now,
    log: (text) => log('HOST', text),
    toolHeaders,
    valuesGate: null,
    redact: (text) => text,
    lock,
    onListVaried: () => {},
    calls: createCallLog({ redact: (text) => text, bootId: 'b', clock: () => clock.now, nowMs: () => 0 }).watch,
    unavailable: () => null,
    ...deps.bridge,
  });

  const exchange = (method: string, headers: Record<string, string | undefined>, principal: string) => {
    const wire = responseOf({
      headers: Object.fromEntries(
        Object.entries({ [PRINCIPAL_HEADER]: principal, [REQUEST_ID_HEADER]: 'r1', ...headers }).filter(
          ([, value]) => value !== undefined,
        ),
      ),
    });
    wire.request.method = method;
    return { wire, result: exchangeOf(wire) };
  };
  const upload = async ({ request }: Exchange, body: string): Promise<void> => {
    request.push(body);
    request.push(null);
    if (!request.readableEnded) await once(request, 'end');
    await settle();
  };

  const bridged = {
    bridge,
    lock,
    pool,
    clock,
    children,
    logs,
    removed,
    startFailures,
    child: (index = children.length - 1): ScriptedChild => {
      const child = children.at(index);
      if (!child) throw new Error('No child was started.');
      return child;
    },
    /** Sends a message, several for a batch, or text as it is; resolves when everything has happened that needs no clock. */
    async post(
      message: Json | Json[] | string,
      headers: Record<string, string | undefined> = {},
      principal = 'a',
    ): Promise<Exchange> {
      const { wire, result } = exchange(
        'POST',
        { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        principal,
      );
      const whole = (one: Json) => ({ jsonrpc: '2.0', ...one });
      const body = Array.isArray(message) ? message.map(whole) : typeof message === 'string' ? null : whole(message);
      bridge.mcp(wire.request, wire.response);
      await upload(result, body === null ? String(message) : JSON.stringify(body));
      return result;
    },
    async request(method: string, headers: Record<string, string | undefined> = {}, principal = 'a') {
      const { wire, result } = exchange(method, { accept: 'text/event-stream', ...headers }, principal);
      bridge.mcp(wire.request, wire.response);
      await settle();
      return result;
    },
    async sse(principal = 'a', headers: Record<string, string> = {}): Promise<Exchange & { id: string }> {
      const { wire, result } = exchange('GET', headers, principal);
      bridge.sse(wire.request, wire.response);
      await settle();
      return Object.assign(result, { id: /sessionId=(\S+)/.exec(result.body())?.[1] ?? '' });
    },
    async message(sessionId: string | null, message: Json | string, principal = 'a'): Promise<Exchange> {
      const { wire, result } = exchange('POST', { 'content-type': 'application/json' }, principal);
      bridge.messages(wire.request, wire.response, sessionId);
      await upload(result, typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message }));
      return result;
    },
    /** Opens a session of a legacy client, and completes its handshake. */
    async connect({ principal = 'a', protocolVersion = '2025-11-25', capabilities = {} as Json } = {}) {
      const params = { protocolVersion, capabilities, clientInfo: { name: 'c', version: '1' } };
      const opened = await bridged.post({ id: 0, method: 'initialize', params }, {}, principal);
      const id = String(opened.header('mcp-session-id'));
      const headers = { 'mcp-session-id': id, 'mcp-protocol-version': protocolVersion };
      const post = (message: Json | Json[], more: Record<string, string | undefined> = {}) =>
        bridged.post(message, { ...headers, ...more }, principal);
      await post({ method: 'notifications/initialized' });
      return {
        id,
        opened,
        post,
        listen: (more: Record<string, string> = {}) => bridged.request('GET', { ...headers, ...more }, principal),
        leave: () => bridged.request('DELETE', headers, principal),
      };
    },
    /** Sends a request of a modern client, with the headers that belong to it. */
    modern(
      method: string,
      params: Json = {},
      {
        id = 1 as unknown,
        principal = 'a',
        meta = {} as Json,
        headers = {} as Record<string, string | undefined>,
      } = {},
    ): Promise<Exchange> {
      const named = params['name'] ?? params['uri'];
      return bridged.post(
        { ...(id === null ? {} : { id }), method, params: { ...params, _meta: { ...MODERN_META, ...meta } } },
        {
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': method,
          ...(typeof named === 'string' ? { 'mcp-name': named } : {}),
          ...headers,
        },
        principal,
      );
    },
    workspaceFor: (principal: string) => workspaces.get(workspaceOwnerOf(isolation, { principal, sessionId: null })),
  };
  return bridged;
}

export type WholeBridge = ReturnType<typeof openBridge>;
