import type { HostTarget } from '#deploy/host-client.ts';
import type { DeploymentPhase, DeploymentStatus, EndpointAccess } from '#prisma/generated/client/enums.ts';
import type { OfferDigests } from '#server/domain/deployments/rows/offer.ts';
import type { PersonalRoute } from './personal/caller-state.ts';
import type { RouteView } from './views/route-view.ts';

/** One machine that can be asked: where its host is reached and what it wants to see. */
export type MachineTarget = HostTarget & { machineId: string };

export type DrainingTarget = MachineTarget & { drainingSinceMs: number };

export type RouteToken = {
  id: string;
  hash: Uint8Array;
  expiresAtMs: number | null;
  /** The view that it is bound to. */
  viewId?: string;
};

/** A deployment in a bundle. */
export type RouteMember = {
  /** Begins the names of its tools and prompts. */
  prefix: string;
  deploymentId: string;
  /** The view through which the bundle sees it; null: the whole server. */
  viewId: string | null;
  name: string;
};

/** A bundle that a deployment belongs to, and what the bundle sees of it. */
export type RouteBundle = { bundleId: string; viewId: string | null };

/** All that the endpoint knows of a deployment: what a request needs, so that it needs no database. */
export type Route = {
  deploymentId: string;
  ownerId: string;
  name: string;
  status: DeploymentStatus;
  phase: DeploymentPhase | null;
  /** Why it is FAILED, for people. */
  failure: { code: string; message: string } | null;
  access: EndpointAccess;
  /** Streams that only listen stay open here while it sleeps, and lists are answered for it. */
  answersWhileAsleep: boolean;
  /** Hosts record arguments and results of calls. */
  recordsBodies: boolean;
  tokens: readonly RouteToken[];
  views: readonly RouteView[];
  /** The deployments of a bundle, in order; empty for every other deployment. */
  members: readonly RouteMember[];
  /** The bundles that it belongs to. */
  bundles: readonly RouteBundle[];
  /** The callers' own values; null where all act with the same ones. */
  personal: PersonalRoute | null;
  /** The version of the agreed definitions that its hosts must hold; 0 where none were ever held. */
  lockVersion: number;
  /** The release that serves; null before the first one does. */
  releaseId: string | null;
  /** What is known of its lists, to tell if they change. */
  offerDigests: OfferDigests | null;
  /** Its answers to the first questions of clients may be given for it while it sleeps. */
  hasOffer: boolean;
  /** The machine of the release that serves; null while it has no address. */
  current: MachineTarget | null;
  /** The same machine as its sessions name it, which stays while it sleeps. */
  currentMachineId: string | null;
  /** Machines whose sessions it took over. */
  formerMachineIds: readonly string[];
  /** Machines of earlier releases, which still answer their own sessions. */
  draining: readonly DrainingTarget[];
};
