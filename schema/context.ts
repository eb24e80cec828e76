import type { PrismaClient } from '#prisma/client.ts';
import type { LogStream } from '#prisma/generated/client/enums.ts';
import type { AccessTokenService } from '#server/domain/access/service.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { DeploymentService } from '#server/domain/deployments/service.ts';
import type { Events } from '#server/domain/events.ts';
import type { ApiTokenService } from '#server/domain/identity/api-tokens.ts';

/** Starts analyses; what they find arrives in the row, announced on the topic `analysis`. */
export interface AnalysisService {
  start(actor: Actor, input: { source: string; refresh: boolean }): Promise<{ id: string }>;
}

export type LogLine = { at: Date; stream: LogStream; text: string };

/** The lines of a deployment: the last `tail` ones, then each as it comes, until the signal or the deployment ends. */
export interface LogFeed {
  follow(deploymentId: string, tail: number, signal: AbortSignal): AsyncIterable<LogLine>;
}

/** What everybody may know about this installation, signed in or not. */
export type InstallationFacts = {
  machines: 'local' | 'fly';
  version: string;
  signUpOpen: boolean;
  gitHubSignIn: boolean;
};

export type Services = {
  deployments: DeploymentService;
  analysis: AnalysisService;
  accessTokens: AccessTokenService;
  apiTokens: ApiTokenService;
  logs: LogFeed;
};

export type GraphqlContext = {
  /** Null when signed out. */
  actor: Actor | null;
  /** False once the session has ended or the token was revoked: subscriptions outlive both. */
  isStillSignedIn: () => Promise<boolean>;
  requestId: string;
  prisma: PrismaClient;
  events: Pick<Events, 'subscribe'>;
  /** Origin of endpoint addresses, without a slash at its end. */
  publicUrl: string;
  installation: InstallationFacts;
  services: Services;
};
