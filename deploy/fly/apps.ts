import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { isNameTaken, isNotFound, isUnauthorized, MachinesError } from './errors.ts';
import type { CallOptions, Transport } from './transport.ts';
import { type App, appListSchema, appSchema, currentTokenSchema, ipAssignmentsSchema } from './wire.ts';

const APP_TIMEOUT_MS = 30_000;
/** Fly's own client asks for a new app as long as this before it gives up (fly-go, `WaitForApp`). */
const VISIBLE_MS_MAX = 60_000;
const VISIBLE_POLL_MS_FIRST = 250;
const VISIBLE_POLL_MS_MAX = 4_000;

type Send = Transport['send'];

/** Addresses of Fly's private networks (superfly/docs, networking/private-networking). */
const PRIVATE_PREFIX = 'fdaa:';

export type AppInput = {
  /** Unique over all of Fly. */
  name: string;
  /** Slug of the organization. */
  organization: string;
  /** A private network of its own; without it the app joins the organization's. */
  network?: string;
  /** Gives the app addresses, so that Fly's proxy reaches it as `{name}.fly.dev`. */
  publicAddress?: boolean;
  /**
   * Gives the app an address of a private network, at which Fly's proxy reaches it as `{name}.flycast`. Which network to
   * name is not documented: first hour: F5
   */
  privateAddress?: { network?: string };
};

export const findApp = async (send: Send, name: string, options?: CallOptions): Promise<App | null> => {
  try {
    return await send(
      {
        method: 'GET',
        path: `/apps/${encodeURIComponent(name)}`,
        action: 'get',
        subject: name,
        idempotent: true,
        schema: appSchema,
        timeoutMs: APP_TIMEOUT_MS,
      },
      options,
    );
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
};

export const listApps = async (send: Send, organization: string, options?: CallOptions): Promise<App[]> => {
  const { apps } = await send(
    {
      method: 'GET',
      path: '/apps',
      query: { org_slug: organization },
      action: 'list-apps',
      subject: organization,
      idempotent: true,
      schema: appListSchema,
      timeoutMs: APP_TIMEOUT_MS,
    },
    options,
  );
  return apps ?? [];
};

/** Fly accepts 100 deletions of apps a minute. */
export const deleteApp = async (send: Send, name: string, options?: CallOptions): Promise<void> => {
  try {
    await send(
      {
        method: 'DELETE',
        path: `/apps/${encodeURIComponent(name)}`,
        action: 'delete-app',
        subject: name,
        idempotent: true,
        schema: z.unknown(),
        timeoutMs: APP_TIMEOUT_MS,
      },
      options,
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
};

/** Slugs of the organizations that the token of these calls covers. */
export const currentToken = async (send: Send, options?: CallOptions): Promise<string[]> => {
  const { tokens } = await send(
    {
      method: 'GET',
      path: '/tokens/current',
      action: 'get',
      subject: 'token',
      idempotent: true,
      schema: currentTokenSchema,
      timeoutMs: APP_TIMEOUT_MS,
    },
    options,
  );
  return (tokens ?? []).flatMap(({ org_slug: slug }) => slug ?? []);
};

const createApp = (send: Send, { name, organization, network }: AppInput, options?: CallOptions): Promise<unknown> =>
  send(
    {
      method: 'POST',
      path: '/apps',
      query: { wait: 'true' }, // answers once the app is known where it was created
      // The specification calls it `name`, Fly's own documentation `app_name`; what is unknown is ignored.
      body: { name, app_name: name, org_slug: organization, network },
      action: 'create-app',
      subject: organization,
      idempotent: false,
      schema: z.unknown(),
      timeoutMs: APP_TIMEOUT_MS,
    },
    options,
  );

const ensurePrivateAddress = async (
  send: Send,
  name: string,
  address: { network?: string },
  options?: CallOptions,
): Promise<void> => {
  const path = `/apps/${encodeURIComponent(name)}/ip_assignments`;
  const common = { path, subject: name, idempotent: true, timeoutMs: APP_TIMEOUT_MS };
  const { ips } = await send({ ...common, method: 'GET', action: 'list-ips', schema: ipAssignmentsSchema }, options);
  if (ips?.some(({ ip }) => ip?.startsWith(PRIVATE_PREFIX))) return;
  const body = { type: 'private_v6', ...address };
  await send({ ...common, method: 'POST', action: 'assign-ip', body, schema: z.unknown() }, options);
};

const ensureAddresses = async (
  send: Send,
  { name, publicAddress, privateAddress }: AppInput,
  options?: CallOptions,
): Promise<void> => {
  if (publicAddress) await ensurePublicAddress(send, name, options);
  if (privateAddress) await ensurePrivateAddress(send, name, privateAddress, options);
};

/** Shared IPv4 and own IPv6 cost nothing; a dedicated IPv4 does. Completes what an interrupted call left. */
const ensurePublicAddress = async (send: Send, name: string, options?: CallOptions): Promise<void> => {
  const path = `/apps/${encodeURIComponent(name)}/ip_assignments`;
  const common = { path, subject: name, idempotent: true, timeoutMs: APP_TIMEOUT_MS };
  const { ips } = await send({ ...common, method: 'GET', action: 'list-ips', schema: ipAssignmentsSchema }, options);
  const assigned = new Set<string>((ips ?? []).map(({ ip }) => (ip?.includes(':') ? 'v6' : 'shared_v4')));
  for (const type of ['shared_v4', 'v6'].filter((kind) => !assigned.has(kind))) {
    await send({ ...common, method: 'POST', action: 'assign-ip', body: { type }, schema: z.unknown() }, options);
  }
};

const taken = (name: string, cause: unknown): MachinesError =>
  new MachinesError(`The app ${name} belongs to another owner on Fly.`, {
    kind: 'app-taken',
    operation: `create-app ${name}`,
    status: cause instanceof MachinesError ? cause.status : null,
    code: null,
    requestId: cause instanceof MachinesError ? cause.requestId : null,
    sent: true,
    cause,
  });

/** An app of another owner may answer 403: this token cannot see it, and its name is taken. */
const findOwn = async (send: Send, name: string, options?: CallOptions): Promise<App | null> => {
  try {
    return await findApp(send, name, options);
  } catch (error) {
    if (error instanceof MachinesError && error.status === 403) return null;
    throw error;
  }
};

/** As findOwn, but tells an app of another owner from one that cannot be seen (yet). */
const findOwnAtOnce = async (send: Send, name: string, options?: CallOptions): Promise<App | 'foreign' | null> => {
  try {
    return await findApp(send, name, options);
  } catch (error) {
    if (error instanceof MachinesError && error.status === 403) return 'foreign';
    throw error;
  }
};

/**
 * Repeats a read of an app that was just created: 401, 403 and 404 mean that not every part of Fly knows it yet. Ends
 * with null after a minute.
 */
const waitUntilVisible = async <Value>(
  look: () => Promise<Value | null>,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Value | null> => {
  const until = clock.now() + VISIBLE_MS_MAX;
  for (let pauseMs = VISIBLE_POLL_MS_FIRST; ; pauseMs = Math.min(pauseMs * 2, VISIBLE_POLL_MS_MAX)) {
    const seen = await look().catch((error: unknown) => {
      if (isNotFound(error) || isUnauthorized(error)) return null;
      throw error;
    });
    if (seen !== null || clock.now() >= until) return seen;
    await clock.sleep(pauseMs, signal);
  }
};

export type EnsuredApp = App & {
  /** This call created the app: other calls may not see it for a while. */
  isNew: boolean;
};

/** Finds the app or creates it, and gives it addresses where it should have some. Idempotent. */
export const ensureApp = async (
  send: Send,
  clock: Clock,
  input: AppInput,
  options?: CallOptions,
): Promise<EnsuredApp> => {
  const existing = await findOwn(send, input.name, options);
  if (existing !== null) {
    await ensureAddresses(send, input, options);
    return { ...existing, isNew: false };
  }
  try {
    await createApp(send, input, options);
  } catch (error) {
    // Another instance may have been faster; an app of another owner stays invisible.
    if (!isNameTaken(error)) throw error;
    // Fly may not show this instance yet what the other has created.
    const other = await waitUntilVisible(() => findOwnAtOnce(send, input.name, options), clock, options?.signal);
    if (other === null || other === 'foreign') throw taken(input.name, error);
    await ensureAddresses(send, input, options);
    return { ...other, isNew: true };
  }
  const app = await waitUntilVisible(() => findApp(send, input.name, options), clock, options?.signal);
  const isReady = async () => {
    await ensureAddresses(send, input, options);
    return true;
  };
  if (app === null || !(await waitUntilVisible(isReady, clock, options?.signal))) {
    const details = { kind: 'not-yet', status: null, code: null, requestId: null, sent: true } as const;
    const operation = `create-app ${input.name}`;
    throw new MachinesError(`The app ${input.name} was created and cannot be found yet.`, { ...details, operation });
  }
  return { ...app, isNew: true };
};
