import type { Database, Transaction } from '#prisma/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import type { Events } from '#server/domain/events.ts';
import type { NetworkWalls } from '../network-walls.ts';
import type { MachineLimits } from './admission.ts';
import type { ResolvePackage } from './resolve-package.ts';

export type IntentDeps = MachineLimits & {
  database: Pick<Database, 'prisma' | 'transaction'>;
  events: Events;
  envelopes: Envelopes;
  now: () => Date;
  /** Applies the quota, in the transaction of an intent that needs a machine. Throws LIMIT_REACHED. */
  admitMachine(tx: Transaction, userId: string, deploymentId: string | null): Promise<void>;
  resolvePackage: ResolvePackage;
  /** Walls around the network of an owner's machines. */
  networkWallsOf(ownerId: string): Promise<NetworkWalls>;
  newAccessToken(): { token: string; hash: Uint8Array<ArrayBuffer>; prefix: string };
};
