import type { PackageSpec } from '#deploy/host/contract.ts';
import type { Database, Transaction } from '#prisma/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import type { Events } from '#server/domain/events.ts';
import type { PlaceLimits } from './admission.ts';
import type { ResolvePackage } from './resolve-package.ts';

export type DeploymentServiceDeps = PlaceLimits & {
  database: Pick<Database, 'prisma' | 'transaction'>;
  events: Events;
  envelopes: Envelopes;
  now: () => Date;
  /** The quota: in the transaction of what takes up a machine. Throws LIMIT_REACHED. */
  admitMachine(tx: Transaction, userId: string, deploymentId: string | null): Promise<void>;
  resolvePackage: ResolvePackage;
  newAccessToken(): { token: string; hash: Uint8Array<ArrayBuffer>; prefix: string };
};

const RESOLVE_TIMEOUT_MS = 20_000;

/** How long a registry may take to say which version a release is to run. */
export const resolveLimit = (): AbortSignal => AbortSignal.timeout(RESOLVE_TIMEOUT_MS);

/** What a release of this package is called; null where the package has no version of its own. */
export const versionOf = (spec: PackageSpec): string | null =>
  'version' in spec ? spec.version : 'commit' in spec ? spec.commit.slice(0, 12) : null;

export const integrityOf = (spec: PackageSpec): string | null =>
  'integrity' in spec ? (spec.integrity ?? null) : null;
