import type { Clock } from '#deploy/clock.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { isNotFound } from '#deploy/fly/errors.ts';
import type { CallOptions, ObservedCall } from '#deploy/fly/transport.ts';
import type { Secret } from '#server/domain/credentials/secret.ts';
import { networkOf, type PrivateReading } from './private-addresses.ts';

export type FlyAccountOptions = {
  baseUrl: string;
  token: Secret | null;
  organization: string;
  observe: (call: ObservedCall) => void;
  /** Default: the system's. */
  clock?: Clock;
  /** Time limit of each call that makes an app or looks for it. Default: that of the client. */
  appCallTimeoutMs?: number;
  /** Puts the machine image where this account may pull it, before the first machine of an app; absent: it may already. */
  ensureImage?: (app: string) => Promise<void>;
};

export type FlyAccount = {
  /** Creates a missing app of this account before its first machine; lists no machines of a missing app. */
  machines: MachinesClient;
  /** The Machines API itself. */
  client: MachinesClient;
  close(): Promise<void>;
};

/**
 * `network`: the app has a private network of its own and is reached through Fly's proxy, at a public address or, with a
 * reading of it, at a private one.
 */
export type AppKind = { network: boolean; privately: PrivateReading | null };

const addressesOf = (app: string, { network, privately }: AppKind) => {
  if (!network) return {};
  if (privately === null) return { network: app, publicAddress: true };
  const asked = networkOf(privately, app);
  return { network: app, privateAddress: asked === undefined ? {} : { network: asked } };
};

/** One Fly token and the apps created with it. Creating an app is idempotent and happens once per process. */
export function createFlyAccount(options: FlyAccountOptions, kindOf: (app: string) => AppKind): FlyAccount {
  const client = createMachinesClient({
    baseUrl: options.baseUrl,
    observe: options.observe,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.token === null ? {} : { token: options.token.reveal() }),
  });
  const limits = options.appCallTimeoutMs === undefined ? {} : { timeoutMs: options.appCallTimeoutMs };
  const made = new Map<string, Promise<unknown>>();

  const ensure = async (app: string, call: CallOptions | undefined): Promise<void> => {
    const kind = kindOf(app);
    const known = made.get(app);
    if (known) return void (await known);
    const { organization } = options;
    // Without the caller's signal, because others may wait for the same app. The call has time limits of its own.
    const making = client
      .ensureApp({ name: app, organization, ...addressesOf(app, kind) }, limits)
      .then(() => options.ensureImage?.(app)); // the repository of an app exists with it
    made.set(app, making);
    making.catch(() => made.delete(app)); // the next call tries again
    await making;
    call?.signal?.throwIfAborted();
  };

  return {
    client,
    machines: {
      ...client,
      create: async (app, input, call) => {
        await ensure(app, call);
        try {
          return await client.create(app, input, call);
        } catch (error) {
          if (isNotFound(error)) made.delete(app); // the app was deleted: the next try creates it again
          throw error;
        }
      },
      list: async (app, filter, call) => {
        try {
          return await client.list(app, filter, call);
        } catch (error) {
          if (isNotFound(error)) return [];
          throw error;
        }
      },
    },
    close: () => client.close(),
  };
}
