import type { PrismaClient } from '#prisma/client.ts';
import type { AccessTokenService } from '#server/domain/access/service.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { AnalysisService } from '#server/domain/analysis/service.ts';
import type { ActivityReader } from '#server/domain/calls/activity.ts';
import type { CallBodiesReader } from '#server/domain/calls/bodies.ts';
import type { CallFeed } from '#server/domain/calls/read-calls.ts';
import type { RecentRange, UsagePoint } from '#server/domain/calls/recent-usage.ts';
import type { BundleService } from '#server/domain/deployments/bundles/service.ts';
import type { DefinitionService } from '#server/domain/deployments/definitions/service.ts';
import type { DataService } from '#server/domain/deployments/intents/data-intents.ts';
import type { LiveMachines } from '#server/domain/deployments/live-machine.ts';
import type { NetworkWalls } from '#server/domain/deployments/network-walls.ts';
import type { PersonalService } from '#server/domain/deployments/personal/service.ts';
import type { PublicPageService } from '#server/domain/deployments/public-page/service.ts';
import type { DeploymentService } from '#server/domain/deployments/service.ts';
import type { ViewService } from '#server/domain/deployments/views/service.ts';
import type { CredentialTests } from '#server/domain/doctor/credential-test.ts';
import type { Doctor } from '#server/domain/doctor/doctor.ts';
import type { Events } from '#server/domain/events.ts';
import type { AccountService } from '#server/domain/identity/account.ts';
import type { ApiTokenService } from '#server/domain/identity/api-tokens.ts';
import type { DeviceLogins } from '#server/domain/identity/device-logins.ts';
import type { LocalSignIn } from '#server/domain/identity/local-sign-in.ts';
import type { SessionService } from '#server/domain/identity/sessions.ts';
import type { LogFeed } from '#server/domain/logs/feed.ts';
import type { MemberService } from '#server/domain/members/service.ts';
import type { ConnectionService } from '#server/domain/oauth/connections.ts';
import type { ConsentService } from '#server/domain/oauth/consent.ts';
import type { MachineClientService } from '#server/domain/oauth/machine-clients.ts';
import type { TrustedIssuers } from '#server/domain/oauth/trusted-issuers.ts';
import type { RegistryService } from '#server/domain/registry/service.ts';
import type { RemoteSignInService } from '#server/domain/remote-sign-in/service.ts';
import type { SettingsService } from '#server/domain/settings/service.ts';
import type { SharingService } from '#server/domain/sharing/shares.ts';
import type { TeamService } from '#server/domain/sharing/teams.ts';
import type { TrialService } from '#server/domain/trials/service.ts';
import type { MachineUsagePoint } from '#server/domain/usage/machine-usage.ts';
import type { UsageService } from '#server/domain/usage/service.ts';
import type { ShareRead } from './shared-reads.ts';

/** The public facts of this installation, also for signed-out callers. */
export type InstallationFacts = {
  machines: 'local' | 'fly';
  /** How machines on this computer are kept apart; null for machines elsewhere. */
  isolation: { boxed: boolean; summary: string; hint: string | null } | null;
  /** True if other people can have an account. */
  members: boolean;
  version: string;
  /** True if new accounts can be created; the administrator decides. */
  signUpOpen: () => Promise<boolean>;
  passwordSignIn: boolean;
  /** True if the server can mail sign-in links. */
  mailSignIn: boolean;
  gitHubSignIn: boolean;
};

export type Services = {
  deployments: DeploymentService;
  data: DataService;
  definitions: DefinitionService;
  /** Walls around the network of an owner's machines. */
  networkWallsOf(ownerId: string): Promise<NetworkWalls>;
  analysis: Pick<AnalysisService, 'start'>;
  trials: Pick<TrialService, 'start' | 'startAfter'>;
  accessTokens: AccessTokenService;
  personal: PersonalService;
  sharing: SharingService;
  teams: TeamService;
  views: ViewService;
  publicPages: PublicPageService;
  bundles: BundleService;
  apiTokens: ApiTokenService;
  sessions: SessionService;
  account: AccountService;
  deviceLogins: DeviceLogins;
  localSignIn: LocalSignIn;
  members: MemberService;
  /** Seals every secret of the installation again with its current key. */
  rotateKeys: (actor: Actor) => Promise<{ kid: string; envelopes: number }>;
  consent: ConsentService;
  connections: ConnectionService;
  machineClients: MachineClientService;
  trustedIssuers: Omit<TrustedIssuers, 'find' | 'hasAny'>;
  remoteSignIn: Pick<RemoteSignInService, 'begin' | 'disconnect'>;
  settings: SettingsService;
  doctor: Doctor;
  credentialTests: CredentialTests;
  logs: LogFeed;
  calls: CallFeed;
  callBodies: CallBodiesReader;
  registry: RegistryService;
  usage: Pick<UsageService, 'read'>;
  activity: ActivityReader;
  machineUsage(deploymentId: string, over: RecentRange | number): Promise<MachineUsagePoint[]>;
  liveMachines: LiveMachines;
  recentUsage(deploymentId: string, range: RecentRange): Promise<UsagePoint[]>;
};

export type GraphqlContext = {
  /** Null when signed out. */
  actor: Actor | null;
  /** False once the session has ended or the token was revoked: subscriptions outlive both. */
  isStillSignedIn: () => Promise<boolean>;
  /** Subscribers that one change wakes read together. */
  shareRead: ShareRead;
  prisma: PrismaClient;
  events: Pick<Events, 'subscribe'>;
  /** Origin of endpoint addresses, without a slash at its end. */
  publicUrl: string;
  installation: InstallationFacts;
  services: Services;
};
