import type { IncomingMessage } from 'node:http';
import { schema } from '#schema/schema.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { OwnerIntents } from '#server/domain/deployments/intents/owner-intents.ts';
import { createReadPublicPage } from '#server/domain/deployments/public-page/read-public-page.ts';
import { releaseRedactor } from '#server/domain/deployments/reconcile/redact-snapshot.ts';
import { erasOf, parseSnapshot } from '#server/domain/deployments/rows/snapshot.ts';
import { createCredentialTests } from '#server/domain/doctor/credential-test.ts';
import { createDoctor } from '#server/domain/doctor/doctor.ts';
import type { Events } from '#server/domain/events.ts';
import { createFindBySlug } from '#server/domain/find-by-slug.ts';
import { createIcons } from '#server/domain/icons/icons.ts';
import { createAttempts } from '#server/domain/identity/attempts.ts';
import { createLocalSignIn } from '#server/domain/identity/local-sign-in.ts';
import type { SignInLinks } from '#server/domain/identity/sign-in-links.ts';
import type { AuthorizationServer } from '#server/domain/oauth/authorization-server.ts';
import { createSafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import type { RemoteSignInService } from '#server/domain/remote-sign-in/service.ts';
import { createSignUp } from '#server/domain/settings/sign-up.ts';
import { clientGuides } from '../connect/guides.ts';
import type { Env } from '../env.ts';
import type { Parts } from '../health/parts.ts';
import { CALLERS_PER_ADDRESS, createCallerLimit } from '../http/rate-limit.ts';
import { createWebApp, type WebApp } from '../http/web-app.ts';
import type { Log } from '../logging/log.ts';
import { createRateLimit } from '../mcp/rate-limit.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { rotateKeys } from './keys/rotate-keys.ts';
import type { MachinesIsolation } from './machines.ts';
import { openMembers } from './members.ts';
import type { AppServices } from './services.ts';
import type { Storage } from './storage.ts';

/** The limit of one address; hosted clients register the connections of many people from a few addresses. */
const CLIENT_REGISTRATIONS_PER_MINUTE = 60;

export type WebWiring = {
  env: Env;
  publicUrl: string;
  port: number;
  dataDir: string;
  version: string;
  storage: Storage;
  events: Events;
  services: Omit<AppServices, 'targetOf' | 'indexes' | 'ownerIntents'>;
  ownerIntents: OwnerIntents;
  oauth: AuthorizationServer;
  remoteSignIn: RemoteSignInService;
  links: SignInLinks;
  cliTokenId: () => string | null;
  addressOf: (req: IncomingMessage) => string;
  dashboardDirectory: string;
  metrics: Metrics | null;
  expose: Exposition | null;
  isolation: MachinesIsolation | null;
  parts: Parts;
  clock: () => Date;
  log: Log;
};

/** Everything that people and scripts use: accounts, the GraphQL API and the dashboard, with what they are made of. */
export function openWeb(wiring: WebWiring): WebApp {
  const { env, publicUrl, storage, events, services, oauth, links, clock, log } = wiring;
  const { database, envelopes, keys, owner } = storage;
  const { prisma } = database;
  const { singlePerson } = env;
  const attempts = createAttempts({ prisma, clock });
  const signUp = createSignUp({ prisma, singlePerson });
  const gitHub = singlePerson ? null : gitHubOf(env); // servers of a single person run as their user
  const {
    members,
    mailedLinks,
    close: closeMembers,
  } = openMembers({
    env,
    publicUrl,
    storage,
    events,
    links,
    signUp,
    attempts,
    ownerIntents: wiring.ownerIntents,
    clock,
    log,
  });
  const iconFetch = createSafeFetch([]);
  const webApp = createWebApp({
    publicUrl,
    port: wiring.port,
    schema,
    context: {
      prisma,
      events,
      publicUrl,
      services: {
        ...services,
        localSignIn: createLocalSignIn({ links, publicUrl, clock, cliTokenId: wiring.cliTokenId }),
        members,
        doctor: createDoctor({
          prisma,
          accessTokens: services.accessTokens,
          publicUrl,
          version: wiring.version,
          erasOf: (snapshot) => erasOf(parseSnapshot(snapshot)),
        }),
        credentialTests: createCredentialTests({
          prisma,
          database,
          events,
          accessTokens: services.accessTokens,
          publicUrl,
          version: wiring.version,
          now: clock,
          redactorOf: (release) => releaseRedactor({ prisma, envelopes }, release),
        }),
        rotateKeys: (actor: Actor) =>
          rotateKeys({ env, dataDir: wiring.dataDir, database, keys, envelopes, ownerId: owner.id }, actor),
        consent: oauth.consent,
        connections: oauth.connections,
        machineClients: oauth.machineClients,
        trustedIssuers: oauth.trustedIssuers,
        remoteSignIn: wiring.remoteSignIn,
      },
      installation: {
        version: wiring.version,
        machines: env.MACHINES,
        isolation: wiring.isolation,
        members: !singlePerson,
        signUpOpen: signUp.isOpen,
        passwordSignIn: !singlePerson,
        mailSignIn: mailedLinks !== null,
        gitHubSignIn: gitHub !== null,
      },
    },
    database,
    events,
    apiTokens: services.apiTokens,
    links,
    mailedLinks,
    attempts,
    icons: createIcons({ prisma, fetch: iconFetch.fetch, now: () => clock().getTime() }),
    deviceLogins: services.deviceLogins,
    signUp,
    oauth,
    remoteSignIn: wiring.remoteSignIn,
    clientRegistrations: createRateLimit(CLIENT_REGISTRATIONS_PER_MINUTE),
    authSecret: storage.authSecret,
    gitHub,
    limitCaller: createCallerLimit(
      createRateLimit(env.RATE_LIMIT_PER_MINUTE),
      createRateLimit(env.RATE_LIMIT_PER_MINUTE * CALLERS_PER_ADDRESS),
    ),
    addressOf: wiring.addressOf,
    publicPage: { read: createReadPublicPage(prisma, createFindBySlug(prisma, clock)), guidesFor: clientGuides },
    dashboardDirectory: wiring.dashboardDirectory,
    metrics: wiring.metrics,
    metricsToken: env.METRICS_TOKEN ?? null,
    expose: wiring.expose,
    parts: wiring.parts,
    log,
  });
  const close = async () => {
    await webApp.close();
    await iconFetch.close();
    await closeMembers();
  };
  return { ...webApp, close };
}

const gitHubOf = ({ GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret }: Env) =>
  clientId && clientSecret ? { clientId, clientSecret } : null;
