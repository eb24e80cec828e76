import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import type { Database } from '#prisma/client.ts';
import type { Secret } from '#server/domain/credentials/secret.ts';
import type { Events } from '#server/domain/events.ts';
import type { Icons } from '#server/domain/icons/icons.ts';
import type { ApiTokenService } from '#server/domain/identity/api-tokens.ts';
import type { Attempts } from '#server/domain/identity/attempts.ts';
import type { DeviceLogins } from '#server/domain/identity/device-logins.ts';
import type { SignInLinks } from '#server/domain/identity/sign-in-links.ts';
import type { MailedLinks } from '#server/domain/members/mailed-links.ts';
import type { AuthorizationServer } from '#server/domain/oauth/authorization-server.ts';
import type { RemoteSignInService } from '#server/domain/remote-sign-in/service.ts';
import type { SignUp } from '#server/domain/settings/sign-up.ts';
import type { Parts } from '../health/parts.ts';
import type { Log } from '../logging/log.ts';
import { createBearerCheck } from '../metrics/bearer.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { createMetricsRoute } from '../metrics/route.ts';
import { createAuditExport } from './audit-export.ts';
import { type AuthOptions, createAuth } from './auth.ts';
import { createAuthenticate, credentialsOf } from './authenticate.ts';
import { createDataDownload } from './data-download.ts';
import { createExpressApp } from './express-app.ts';
import { type ContextParts, createGraphqlServer } from './graphql.ts';
import { createHealth } from './health.ts';
import { createIconRoutes } from './icons.ts';
import { CONNECTION_LIMITS } from './open-subscriptions.ts';
import type { LimitCaller, RateLimit } from './rate-limit.ts';
import { createRemoteSignInRoutes } from './remote-sign-in.ts';
import { createSameSiteCheck } from './same-site.ts';
import { createShares } from './shares.ts';
import { createSignedInConnections } from './signed-in-connections.ts';
import { createGraphqlSockets } from './websocket.ts';

export type WebAppOptions = {
  publicUrl: string;
  port: number;
  schema: GraphQLSchema;
  context: ContextParts;
  /** The database of accounts and sessions. */
  database: Pick<Database, 'kind' | 'prisma' | 'transaction'>;
  events: Events;
  apiTokens: Pick<ApiTokenService, 'authenticate'>;
  links: SignInLinks;
  mailedLinks: MailedLinks | null;
  attempts: Attempts;
  icons: Icons;
  deviceLogins: DeviceLogins;
  signUp: SignUp;
  oauth: AuthorizationServer;
  remoteSignIn: RemoteSignInService;
  /** Counts registrations of OAuth clients by address. */
  clientRegistrations: RateLimit;
  authSecret: Secret;
  gitHub: AuthOptions['gitHub'];
  limitCaller: LimitCaller;
  addressOf: (req: IncomingMessage) => string;
  publicPage: Parameters<typeof createExpressApp>[0]['publicPage'];
  dashboardDirectory: string;
  /** Null when nothing is measured; then there is no /metrics. */
  metrics: Metrics | null;
  expose: Exposition | null;
  metricsToken: Secret | null;
  parts: Parts;
  log: Log;
};

export interface WebApp {
  request: RequestListener;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends every WebSocket; requests end with the HTTP server. */
  close(): Promise<void>;
}

/** The API, sign-in and the dashboard: everything that the server serves besides endpoints. */
export function createWebApp(options: WebAppOptions): WebApp {
  const { publicUrl, port, context, database, events, addressOf, limitCaller, metrics, log } = options;
  const { installation } = context;
  const { prisma, transaction } = database;
  const auth = createAuth({
    prisma,
    transaction,
    events,
    log,
    secret: options.authSecret,
    origins: [publicUrl, `http://localhost:${port}`, `http://127.0.0.1:${port}`],
    gitHub: options.gitHub,
    passwords: installation.passwordSignIn,
    signUp: options.signUp,
    attempts: options.attempts,
    links: options.links,
    mailedLinks: options.mailedLinks,
  });
  const check = createSameSiteCheck(publicUrl);
  const authenticate = createAuthenticate(auth, options.apiTokens);
  const connections = createSignedInConnections({
    events,
    authenticate,
    onError: (error) => log.error({ err: error }, 'Open connections could not be checked.'),
  });
  const openByNetwork = createShares(CONNECTION_LIMITS);
  const observe = metrics?.graphqlOperation ?? null;
  const graphql = createGraphqlServer({
    schema: options.schema,
    context,
    authenticate,
    addressOf,
    connections,
    openByNetwork,
    limitCaller,
    observe,
    log,
  });
  const sockets = createGraphqlSockets({
    graphql,
    check,
    addressOf,
    limitCaller,
    authenticate,
    connections,
    openByNetwork,
    log,
  });
  metrics?.gauge('catwalk_graphql_sockets', 'Open WebSockets of GraphQL clients.', sockets.count);
  const { version, machines } = installation;
  const hasMetricsToken = options.metricsToken === null ? () => false : createBearerCheck(options.metricsToken);
  const mayReadParts = async (req: IncomingMessage, isDatabaseThere: boolean): Promise<boolean> => {
    if (hasMetricsToken(req)) return true;
    if (!isDatabaseThere) return false;
    // the database may go away in between
    const actor = await authenticate(credentialsOf(req.headers, addressOf(req))).catch(() => null);
    return actor?.role === 'ADMIN';
  };
  const request = createExpressApp({
    publicUrl,
    auth,
    authenticate,
    auditExport: createAuditExport({ prisma, authenticate, addressOf }),
    remoteSignIn: createRemoteSignInRoutes({ publicUrl, service: options.remoteSignIn, authenticate, addressOf }),
    dataDownload: createDataDownload({ data: options.context.services.data, authenticate, addressOf }),
    icons: createIconRoutes({ icons: options.icons, authenticate, addressOf }),
    graphql,
    check,
    addressOf,
    log,
    health: createHealth({
      prisma,
      facts: { version, machines, database: database.kind === 'pglite' ? 'embedded' : 'postgres' },
      parts: options.parts,
      mayReadParts,
    }),
    metrics: options.expose && createMetricsRoute(options.expose, hasMetricsToken),
    limitCaller,
    deviceLogins: options.deviceLogins,
    oauth: options.oauth,
    clientRegistrations: options.clientRegistrations,
    publicPage: options.publicPage,
    dashboardDirectory: options.dashboardDirectory,
  });
  return {
    request,
    upgrade: sockets.upgrade,
    close: async () => {
      await sockets.close(); // first, because each socket then says that the server goes away
      connections.close();
    },
  };
}
