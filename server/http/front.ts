import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import type { Secret } from '#server/domain/credentials/secret.ts';
import type { ApiTokenService } from '#server/domain/identity/api-tokens.ts';
import type { SignInLinks } from '#server/domain/identity/sign-in-links.ts';
import type { Log } from '../log.ts';
import { type AuthOptions, createAuth } from './auth.ts';
import { createAuthenticate } from './authenticate.ts';
import { createExpressApp } from './express-app.ts';
import { type ContextParts, createGraphqlServer } from './graphql.ts';
import { createHealth } from './health.ts';
import type { LimitCaller } from './rate-limit.ts';
import { createSameSiteCheck } from './same-site.ts';
import { createGraphqlSockets } from './websocket.ts';

export type FrontOptions = {
  publicUrl: string;
  port: number;
  schema: GraphQLSchema;
  context: ContextParts;
  apiTokens: Pick<ApiTokenService, 'authenticate'>;
  links: SignInLinks;
  authSecret: Secret;
  gitHub: AuthOptions['gitHub'];
  database: 'embedded' | 'postgres';
  limitCaller: LimitCaller;
  addressOf: (req: IncomingMessage) => string;
  dashboardDirectory: string;
  log: Log;
};

export interface Front {
  request: RequestListener;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends every WebSocket; requests end with the HTTP server. */
  close(): Promise<void>;
}

/** The API, sign-in and the dashboard: all that the server answers besides endpoints. */
export function createFront(options: FrontOptions): Front {
  const { publicUrl, port, context, addressOf, log } = options;
  const { prisma, installation } = context;
  const auth = createAuth({
    prisma,
    log,
    secret: options.authSecret,
    origins: [publicUrl, `http://localhost:${port}`, `http://127.0.0.1:${port}`],
    gitHub: options.gitHub,
    signUpOpen: installation.signUpOpen,
    links: options.links,
  });
  const check = createSameSiteCheck(publicUrl);
  const authenticate = createAuthenticate(auth, options.apiTokens);
  const graphql = createGraphqlServer({ schema: options.schema, context, authenticate, addressOf, log });
  const sockets = createGraphqlSockets({ graphql, check, addressOf, limitCaller: options.limitCaller, log });
  const { version, machines } = installation;
  const request = createExpressApp({
    publicUrl,
    auth,
    graphql,
    check,
    addressOf,
    log,
    health: createHealth(prisma, { version, machines, database: options.database }),
    limitCaller: options.limitCaller,
    dashboardDirectory: options.dashboardDirectory,
  });
  return { request, upgrade: sockets.upgrade, close: sockets.close };
}
