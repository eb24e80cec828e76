import { Pool } from 'undici';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { createAffinity } from './affinity.ts';
import { errorFromAnswer, errorFromFailure, isRetryable, MachinesError, type MachinesErrorKind } from './errors.ts';
import { createRateLimiter, FLY_GET_RATE, FLY_RATE } from './rate-limit.ts';

const BODY_BYTES_MAX = 64 * 1024 * 1024;
const QUEUE_MS_MAX = 30_000;
const ATTEMPTS_MAX = 3;
const BACKOFF_MS = 250;
const RETRY_AFTER_MS_MAX = 5_000;
/** A retry costs one, a success earns a tenth: while the API is down, retries add at most 10 % to the load. */
const RETRY_BUDGET_MAX = 10;
const RETRY_EARNED = 0.1;

export type CallOptions = {
  signal?: AbortSignal;
  /** Time limit of each attempt. */
  timeoutMs?: number;
};

export type Call<Schema extends z.ZodType> = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: Record<string, string | undefined>;
  body?: unknown;
  /** For the rate limit and for people: `create`, `get`, `list` … */
  action: string;
  /** The rate limit counts by this: the machine, or the app. */
  subject: string;
  /** True if doing it twice is the same as doing it once. Only such calls are retried. */
  idempotent: boolean;
  schema: Schema | null;
  timeoutMs: number;
};

/** One attempt of a call, once it is over. */
export type ObservedCall = {
  /** Without names of machines, apps or keys. */
  action: string;
  /** `held-back`: our own rate limit never let it go. `aborted`: the caller no longer wanted the answer. */
  outcome: 'ok' | 'held-back' | 'aborted' | MachinesErrorKind;
  /** From sending it to its answer. */
  milliseconds: number;
  /** Before that, for our own rate limit. */
  waitedMs: number;
};

export type Target = { origin: string; basePath: string; socketPath: string | null };

/** `http://…`, `https://…` or `unix:/path/to.sock`; the version `/v1` is added where it is missing. */
export const parseBaseUrl = (baseUrl: string): Target => {
  if (baseUrl.startsWith('unix:')) {
    const socketPath = baseUrl.slice('unix:'.length).replace(/^\/\/(?=\/)/, '');
    if (socketPath === '') throw new Error('The base URL of the Machines API names no socket: unix:/path/to.sock.');
    return { origin: 'http://machines.local', basePath: '/v1', socketPath };
  }
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`The base URL of the Machines API must be http, https or unix, not ${url.protocol}`);
  const path = url.pathname.replace(/\/+$/, '');
  return { origin: url.origin, basePath: path.endsWith('/v1') ? path : `${path}/v1`, socketPath: null };
};

/** Macaroon tokens have a scheme of their own; one that already carries its scheme stays as it is. */
export const authorization = (token: string): string => {
  if (/^(Bearer|FlyV1) /.test(token)) return token;
  return token.startsWith('fm1') || token.startsWith('fm2') ? `FlyV1 ${token}` : `Bearer ${token}`;
};

/** `metadata/{key}` is one action. */
const actionOf = ({ action }: Call<z.ZodType>): string => action.replace(/\/.*/, '');

const headerOf = (headers: Record<string, string | string[] | undefined>, name: string): string | null => {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
};

export type TransportOptions = {
  baseUrl: string;
  token?: string;
  rateLimit: boolean;
  clock: Clock;
  /** 0 ≤ x < 1, spreads retries. */
  random: () => number;
  /** Must return at once and never throw. */
  observe?: (call: ObservedCall) => void;
};

/** Sends one call: rate limit, time limit, retries of what is idempotent, and errors of one family. */
export const createTransport = ({ baseUrl, token, rateLimit, clock, random, observe }: TransportOptions) => {
  const { origin, basePath, socketPath } = parseBaseUrl(baseUrl);
  const pool = new Pool(origin, {
    ...(socketPath === null ? {} : { socketPath }),
    connect: { timeout: 10_000 },
    headersTimeout: 0, // each call has its own time limit
    bodyTimeout: 0,
    maxResponseSize: BODY_BYTES_MAX,
  });
  const limiter = createRateLimiter(clock);
  const affinity = createAffinity();
  let retryBudget = RETRY_BUDGET_MAX;

  /** Resolves with the milliseconds that it took. */
  const queue = async (operation: string, call: Call<z.ZodType>, signal: AbortSignal | undefined): Promise<number> => {
    if (!rateLimit) return 0;
    const key = `${actionOf(call)} ${call.subject}`;
    const rate = call.action === 'get' ? FLY_GET_RATE : FLY_RATE;
    const waitMs = limiter.take(key, rate);
    if (waitMs === 0) return 0;
    if (waitMs > QUEUE_MS_MAX) {
      limiter.untake(key, rate);
      observe?.({ action: actionOf(call), outcome: 'held-back', milliseconds: 0, waitedMs: 0 });
      const message = `Too many calls to the Machines API are waiting already: ${operation}.`;
      const nothing = { status: null, code: null, requestId: null, sent: false };
      throw new MachinesError(message, { kind: 'rate-limited', operation, ...nothing });
    }
    try {
      await clock.sleep(waitMs, signal);
      return waitMs;
    } catch (error) {
      limiter.untake(key, rate);
      throw error;
    }
  };

  const attempt = async <Schema extends z.ZodType>(
    operation: string,
    call: Call<Schema>,
    signal: AbortSignal | undefined,
    timeoutMs: number,
  ): Promise<{ value: z.output<Schema> } | { error: MachinesError; retryAfterMs: number }> => {
    const limit = AbortSignal.timeout(timeoutMs);
    const cookie = affinity.cookieFor(call.path);
    let status: number;
    let body: string;
    let headers: Record<string, string | string[] | undefined>;
    try {
      const answer = await pool.request({
        method: call.method,
        path: `${basePath}${call.path}`,
        query: Object.fromEntries(Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined)),
        headers: {
          accept: 'application/json',
          'user-agent': 'catwalk',
          ...(token === undefined ? {} : { authorization: authorization(token) }),
          ...(cookie === null ? {} : { cookie }),
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      status = answer.statusCode;
      headers = answer.headers;
      affinity.remember(call.path, headers['set-cookie']);
      body = await answer.body.text();
    } catch (failure) {
      signal?.throwIfAborted();
      return { error: errorFromFailure(operation, failure, limit.aborted), retryAfterMs: 0 };
    }
    const requestId = headerOf(headers, 'fly-request-id') ?? headerOf(headers, 'x-request-id');
    if (status < 200 || status > 299) {
      const seconds = Number(headerOf(headers, 'retry-after') ?? 0);
      const retryAfterMs = Number.isFinite(seconds) ? Math.min(seconds * 1_000, RETRY_AFTER_MS_MAX) : 0;
      return { error: errorFromAnswer(operation, { status, body, requestId }), retryAfterMs };
    }
    if (call.schema === null) return { value: undefined as z.output<Schema> }; // a value without a schema is never read
    const parsed = call.schema.safeParse(parseJson(body));
    if (parsed.success) return { value: parsed.data };
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    const message = `The Machines API answered ${status} to ${operation} with a body that cannot be read (${where || 'not JSON'}).`;
    // No cause: a parse error may quote the answer, and the answer holds configurations.
    const details = { kind: 'bad-answer', operation, status, code: null, requestId, sent: true } as const;
    return { error: new MachinesError(message, details), retryAfterMs: 0 };
  };

  return {
    send: async <Schema extends z.ZodType>(
      call: Call<Schema>,
      options: CallOptions = {},
    ): Promise<z.output<Schema>> => {
      const operation = `${call.action} ${call.subject}`;
      for (let tried = 1; ; tried += 1) {
        options.signal?.throwIfAborted();
        const waitedMs = await queue(operation, call, options.signal);
        const startedAtMs = performance.now();
        const over = (outcome: ObservedCall['outcome']) =>
          observe?.({ action: actionOf(call), outcome, milliseconds: performance.now() - startedAtMs, waitedMs });
        const attempted = attempt(operation, call, options.signal, options.timeoutMs ?? call.timeoutMs);
        const result = await attempted.catch((error: unknown) => {
          over('aborted');
          throw error;
        });
        over('value' in result ? 'ok' : result.error.kind);
        if ('value' in result) {
          retryBudget = Math.min(RETRY_BUDGET_MAX, retryBudget + RETRY_EARNED);
          return result.value;
        }
        const { error } = result;
        const worthIt = error.kind === 'timeout' || error.kind === 'unavailable' || error.kind === 'rate-limited';
        if (!call.idempotent || !worthIt || !isRetryable(error) || tried >= ATTEMPTS_MAX || retryBudget < 1)
          throw error;
        retryBudget -= 1;
        const backoffMs = BACKOFF_MS * 2 ** (tried - 1) * (0.5 + random());
        await clock.sleep(Math.max(backoffMs, result.retryAfterMs), options.signal);
      }
    },
    close: async (): Promise<void> => {
      await pool.destroy();
    },
  };
};

export type Transport = ReturnType<typeof createTransport>;

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // every schema refuses it, with an error that names the call
  }
};
