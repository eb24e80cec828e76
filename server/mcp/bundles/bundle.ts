import type { createTokenCheck } from '#deploy/host/token.ts';
import type { RouteMember } from '../route.ts';
import type { BundleSessions } from './sessions.ts';

/** A bundle, as one release of it is reached. */
export type Bundle = {
  bundleId: string;
  /** Compares the token of a request with the release's own, in constant time. */
  accepts: ReturnType<typeof createTokenCheck>;
  sessions: BundleSessions;
};

/** What belongs to a bundle at this moment. */
export type BundleContent = { name: string; members: readonly RouteMember[] };
