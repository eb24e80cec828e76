import { z } from 'zod';
import { type Clock, systemClock } from '../clock.ts';
import { currentToken, deleteApp, ensureApp, findApp, listApps } from './apps.ts';
import type { MachinesClient } from './calls.ts';
import { isNotFound, MachinesError } from './errors.ts';
import { createNewApps } from './new-apps.ts';
import { type Call, type CallOptions, createTransport, type ObservedCall, type Transport } from './transport.ts';
import { machineListSchema, machineSchema, startSchema, waitSchema } from './wire.ts';

/** Fly's public Machines API. */
export const FLY_MACHINES_API = 'https://api.machines.dev';

const CALL_TIMEOUT_MS = 20_000;
/** Creating reserves a place on a host and may be slow; giving up early makes the result ambiguous. */
const CREATE_TIMEOUT_MS = 60_000;
const LIST_TIMEOUT_MS = 30_000;
const WAIT_SECONDS_MAX = 60;
/** How much later than its own time limit a wait may answer. */
const WAIT_GRACE_MS = 10_000;

export type MachinesClientOptions = {
  /** `https://api.machines.dev`, `http://_api.internal:4280` or `unix:/path/to.sock`. */
  baseUrl: string;
  token?: string;
  /** Keeps to Fly's rates on our side. Default: on, but off for a socket. */
  rateLimit?: boolean;
  clock?: Clock;
  random?: () => number;
  /** Called for every attempt of a call. Must return at once and never throw. */
  observe?: (call: ObservedCall) => void;
};

/** The body of an answer whose content is not needed. */
const ignored = z.unknown();

const machinesPath = (app: string): string => `/apps/${encodeURIComponent(app)}/machines`;
const machinePath = (app: string, id: string): string => `${machinesPath(app)}/${encodeURIComponent(id)}`;
const goDuration = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : `${seconds}s`;

export const createMachinesClient = (options: MachinesClientOptions): MachinesClient => {
  const clock = options.clock ?? systemClock;
  const transport = createTransport({
    baseUrl: options.baseUrl,
    ...(options.token === undefined ? {} : { token: options.token }),
    rateLimit: options.rateLimit ?? !options.baseUrl.startsWith('unix:'),
    clock,
    random: options.random ?? Math.random,
    ...(options.observe === undefined ? {} : { observe: options.observe }),
  });
  const newApps = createNewApps(clock);
  const send: Transport['send'] = (call, callOptions) =>
    transport.send(call, callOptions).catch((error: unknown) => {
      throw newApps.explain(call.path, error);
    });

  /** `POST /machines/{id}/{action}`. Idempotent ones may be sent again after a failure. */
  const act = (
    target: { app: string; id: string; action: string; idempotent: boolean },
    content: Pick<Call<z.ZodType>, 'body' | 'query'>,
    call: CallOptions | undefined,
  ): Promise<unknown> =>
    send(
      {
        method: 'POST',
        path: `${machinePath(target.app, target.id)}/${target.action}`,
        ...content,
        action: target.action,
        subject: target.id,
        idempotent: target.idempotent,
        schema: ignored,
        timeoutMs: CALL_TIMEOUT_MS,
      },
      call,
    );

  const get: MachinesClient['get'] = (app, id, call) =>
    send(
      {
        method: 'GET',
        path: machinePath(app, id),
        action: 'get',
        subject: id,
        idempotent: true,
        schema: machineSchema,
        timeoutMs: CALL_TIMEOUT_MS,
      },
      call,
    );

  return {
    create: async (app, { name, region, config, skipLaunch }, call) => {
      const machine = await send(
        {
          method: 'POST',
          path: machinesPath(app),
          body: { name, region, config, skip_launch: skipLaunch },
          action: 'create',
          subject: app,
          idempotent: false,
          schema: machineSchema,
          timeoutMs: CREATE_TIMEOUT_MS,
        },
        call,
      );
      newApps.settle(app);
      return machine;
    },
    get,
    find: async (app, id, call) => {
      try {
        return await get(app, id, call);
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    },
    list: async (app, filter = {}, call) => {
      const metadata = Object.entries(filter.metadata ?? {}).map(([key, value]) => [`metadata.${key}`, value]);
      const machines = await send(
        {
          method: 'GET',
          path: machinesPath(app),
          query: {
            ...Object.fromEntries(metadata),
            region: filter.region,
            state: filter.state?.join(','),
            include_deleted: filter.includeDeleted ? 'true' : undefined,
            summary: filter.summary ? 'true' : undefined,
          },
          action: 'list',
          subject: app,
          idempotent: true,
          schema: machineListSchema,
          timeoutMs: LIST_TIMEOUT_MS,
        },
        call,
      );
      return machines ?? [];
    },
    wait: async (app, id, { state, timeoutSeconds = WAIT_SECONDS_MAX, version }, call) => {
      const seconds = Math.min(WAIT_SECONDS_MAX, Math.max(1, Math.floor(timeoutSeconds)));
      try {
        const answer = await send(
          {
            method: 'GET',
            path: `${machinePath(app, id)}/wait`,
            query: { state, timeout: String(seconds), version },
            action: 'wait',
            subject: id,
            // A retry would restart its time limit: the caller loops, and knows how long it still wants to wait.
            idempotent: false,
            schema: waitSchema,
            timeoutMs: seconds * 1_000 + WAIT_GRACE_MS,
          },
          call,
        );
        return { reached: answer.ok ?? true };
      } catch (error) {
        const elapsed = error instanceof MachinesError && (error.status === 408 || error.status === 504);
        if (elapsed) return { reached: false };
        throw error;
      }
    },
    start: async (app, id, call) => {
      const answer = startSchema.safeParse(await act({ app, id, action: 'start', idempotent: false }, {}, call));
      return { previousState: answer.data?.previous_state ?? null };
    },
    stop: async (app, id, stop = {}, call) => {
      const body = { signal: stop.signal, timeout: goDuration(stop.timeoutSeconds) };
      await act({ app, id, action: 'stop', idempotent: true }, { body }, call);
    },
    // Sent twice, the second would be refused although the first succeeded.
    suspend: async (app, id, call) => {
      await act({ app, id, action: 'suspend', idempotent: false }, {}, call);
    },
    restart: async (app, id, restart = {}, call) => {
      const query = { timeout: goDuration(restart.timeoutSeconds) };
      await act({ app, id, action: 'restart', idempotent: false }, { query }, call);
    },
    update: (app, id, { config, region, skipLaunch }, call) =>
      send(
        {
          method: 'POST',
          path: machinePath(app, id),
          body: { region, config, skip_launch: skipLaunch },
          action: 'update',
          subject: id,
          idempotent: false,
          schema: machineSchema,
          timeoutMs: CREATE_TIMEOUT_MS,
        },
        call,
      ),
    delete: async (app, id, call) => {
      try {
        await send(
          {
            method: 'DELETE',
            path: machinePath(app, id),
            query: { force: call?.force ? 'true' : undefined },
            action: 'delete',
            subject: id,
            idempotent: true,
            schema: ignored,
            timeoutMs: CALL_TIMEOUT_MS,
          },
          call,
        );
        return { accepted: true };
      } catch (error) {
        if (isNotFound(error)) return { accepted: false };
        throw error;
      }
    },
    cordon: async (app, id, call) => {
      await act({ app, id, action: 'cordon', idempotent: true }, {}, call);
    },
    uncordon: async (app, id, call) => {
      await act({ app, id, action: 'uncordon', idempotent: true }, {}, call);
    },
    setMetadata: async (app, id, key, value, call) => {
      const action = `metadata/${encodeURIComponent(key)}`;
      await act({ app, id, action, idempotent: true }, { body: { value } }, call);
    },
    findApp: (app, call) => findApp(send, app, call),
    listApps: (organization, call) => listApps(send, organization, call),
    currentToken: (call) => currentToken(send, call),
    ensureApp: async (app, call) => {
      const { isNew, ...ensured } = await ensureApp(transport.send, clock, app, call);
      if (isNew) newApps.add(app.name);
      return ensured;
    },
    deleteApp: (app, call) => deleteApp(send, app, call),
    close: transport.close,
  };
};
