import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import {
  ApiError,
  appNotFound,
  invalidArgument,
  machineNotFound,
  noCapacity,
  rateLimited,
  routeNotFound,
  unauthorized,
} from './api-error.ts';
import type { Faults, RequestEffect } from './faults.ts';
import { newUlid } from './ids.ts';
import type { Route, RouteAnswer } from './route.ts';
import { createUnseen } from './unseen.ts';

const BODY_BYTES_MAX = 16 * 1024 * 1024;

type Answer = RouteAnswer & { headers?: Record<string, string> };
type Found = { route: Route; params: Record<string, string> };

const match = (routes: Route[], method: string, path: string): Found | null => {
  const segments = path.split('/');
  for (const route of routes) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== segments.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((part, index) => {
      const segment = segments[index] ?? '';
      if (!part.startsWith(':')) return part === segment;
      params[part.slice(1)] = decodeURIComponent(segment);
      return segment !== '';
    });
    if (fits) return { route, params };
  }
  return null;
};

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer; // no encoding is set on the request
    size += bytes.length;
    if (size > BODY_BYTES_MAX) throw new ApiError(413, 'request body too large');
    chunks.push(bytes);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw invalidArgument('the body is not JSON');
  }
};

const sameToken = (given: string | undefined, token: string): boolean => {
  const value = Buffer.from((given ?? '').replace(/^(Bearer|FlyV1) /, ''));
  const wanted = Buffer.from(token);
  return value.length === wanted.length && timingSafeEqual(value, wanted);
};

/** Signals that nothing will ever be answered. */
const SILENCE = Symbol('silence');

export type ApiServerOptions = {
  routes: Route[];
  faults: Faults;
  clock: Clock;
  /** Asked of every request where it is given: it sees every organization. */
  token: string | null;
  /** Further tokens by the slug of the organization that each sees alone. */
  organizationTokens: ReadonlyMap<string, string>;
  /** Host headers that are answered, against pages that rebind their name to this computer. Null: a socket, any. */
  hosts: (() => readonly string[]) | null;
};

const idOf = (json: unknown): string =>
  typeof json === 'object' && json !== null && 'id' in json ? String(json.id) : '';

/** The HTTP side of the local Machines API: routing, error bodies, and what is to go wrong. */
export const createApiServer = (options: ApiServerOptions): Server => {
  const { routes, faults, clock, token, organizationTokens, hosts } = options;
  const unseen = createUnseen(clock);

  /** Refuses a call, of whatever kind, that misses the app or machine that it is about. */
  const checkSeen = ({ params: { app, machine } }: Found): void => {
    if (app !== undefined && unseen.misses(app)) throw appNotFound();
    if (machine !== undefined && unseen.misses(machine)) throw machineNotFound();
  };

  /** Hides what a call has created; takes what is hidden out of a list. */
  const asSeen = (result: Answer, { route }: Found, effects: readonly RequestEffect[]): Answer => {
    const { json } = result;
    if (route.action === 'list' && Array.isArray(json))
      return { ...result, json: json.filter((one: unknown) => !unseen.misses(idOf(one))) };
    for (const effect of effects) if (effect.kind === 'unseen') unseen.hide(idOf(json), effect.ms);
    return result;
  };

  /** The organization whose token this is; null for the one that sees all. */
  const authenticate = (given: string | undefined): string | null => {
    if (token === null || sameToken(given, token)) return null;
    for (const [organization, own] of organizationTokens) if (sameToken(given, own)) return organization;
    throw unauthorized();
  };

  const work = async (
    found: Found,
    request: IncomingMessage,
    url: URL,
    organization: string | null,
    signal: AbortSignal,
  ): Promise<Answer> => {
    const { app = '', machine = '', key = '' } = found.params;
    const nonce = request.headers['fly-machine-lease-nonce'];
    const leaseNonce = typeof nonce === 'string' && nonce !== '' ? nonce : null;
    const body = await readBody(request);
    return found.route.handle({ app, machine, key, query: url.searchParams, body, leaseNonce, organization, signal });
  };

  /** Applies the fault at this moment. Returns null if the true answer stays. */
  const strike = async (
    effect: RequestEffect,
    when: 'before' | 'after',
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<Answer | typeof SILENCE | null> => {
    if (effect.kind === 'latency') {
      if (when === 'before') await clock.sleep(effect.ms, signal);
      return null;
    }
    if (effect.kind === 'unseen') return null; // it takes effect once the work is done
    if (effect.kind === 'rate-limit' || effect.kind === 'capacity') {
      if (when === 'after') return null;
      if (effect.kind === 'capacity') throw noCapacity(effect.status);
      const { retryAfterSeconds } = effect;
      const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      return { status: 429, json: rateLimited().body(), headers };
    }
    if (effect.when !== when) return null;
    if (effect.kind === 'hang') return SILENCE;
    if (effect.kind === 'reset') {
      response.socket?.destroy();
      return SILENCE;
    }
    return {
      status: effect.status,
      json: effect.body ?? { error: 'internal: injected' },
      headers: effect.headers ?? {},
    };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<Answer | typeof SILENCE> => {
    if (hosts !== null && !hosts().includes(request.headers.host ?? '')) throw new ApiError(403, 'unexpected host');
    if (request.headers.origin !== undefined) throw new ApiError(403, 'not for browsers');
    const organization = authenticate(request.headers.authorization);
    const url = new URL(request.url ?? '/', 'http://machines.local');
    if (!url.pathname.startsWith('/v1/')) throw routeNotFound();
    const path = url.pathname.slice('/v1'.length);
    const method = request.method ?? 'GET';
    const found = match(routes, method, path);
    if (found === null) throw routeNotFound();

    const left = new AbortController();
    response.once('close', () => left.abort());
    const subject = { method, path, action: found.route.action, machine: found.params['machine'] ?? null };
    const effects = faults.forRequest(subject);
    checkSeen(found);
    for (const effect of effects) {
      const instead = await strike(effect, 'before', response, left.signal);
      if (instead !== null) return instead;
    }
    const result = asSeen(await work(found, request, url, organization, left.signal), found, effects);
    for (const effect of effects) {
      const instead = await strike(effect, 'after', response, left.signal);
      if (instead !== null) return instead;
    }
    return result;
  };

  const send = (response: ServerResponse, { status, json, headers }: Answer): void => {
    if (response.destroyed) return;
    const requestId = newUlid(clock.now());
    const common = { 'fly-request-id': requestId, 'cache-control': 'no-store', ...headers };
    if (json === undefined) response.writeHead(status, common).end();
    else response.writeHead(status, { 'content-type': 'application/json', ...common }).end(JSON.stringify(json));
  };

  return createServer((request, response) => {
    answer(request, response).then(
      (result) => {
        if (result !== SILENCE) send(response, result);
      },
      (error: unknown) => {
        if (response.destroyed) return;
        const known = error instanceof ApiError ? error : new ApiError(500, `internal: ${String(error)}`);
        send(response, { status: known.status, json: known.body() });
      },
    );
  });
};
