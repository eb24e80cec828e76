import type { IncomingMessage } from 'node:http';
import { toNodeHandler } from 'better-auth/node';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { UserError } from '#server/domain/errors.ts';
import type { DeviceLogins } from '#server/domain/identity/device-logins.ts';
import type { AuthorizationServer } from '#server/domain/oauth/authorization-server.ts';
import type { Log } from '../logging/log.ts';
import { createRequestIds, withRequestId } from '../logging/request-id.ts';
import { AUDIT_EXPORT_PATH } from './audit-export.ts';
import type { Auth } from './auth.ts';
import { credentialsOf } from './authenticate.ts';
import { CLIENT_ADDRESS_HEADER } from './client-address.ts';
import { createDashboard } from './dashboard.ts';
import { createDeviceLogin } from './device-login.ts';
import { GRAPHQL_PATH, type GraphqlServer } from './graphql.ts';
import { createOAuthRoutes, isProgramPath } from './oauth/routes.ts';
import { type LimitCaller, limitRate, type RateLimit } from './rate-limit.ts';
import { HEALTH_PATH, METRICS_PATH, type Refusal } from './same-site.ts';
import { createSecurityHeaders } from './security-headers.ts';
import { createSignIn } from './sign-in.ts';

export type ExpressAppOptions = {
  publicUrl: string;
  auth: Auth;
  auditExport: RequestHandler;
  graphql: GraphqlServer;
  health: RequestHandler;
  metrics: RequestHandler | null;
  check: (req: IncomingMessage) => Refusal | null;
  addressOf: (req: IncomingMessage) => string;
  limitCaller: LimitCaller;
  deviceLogins: DeviceLogins;
  oauth: AuthorizationServer;
  clientRegistrations: RateLimit;
  dashboardDirectory: string;
  log: Log;
};

/** Everything over HTTP but the endpoint, which stands before it. */
export function createExpressApp(options: ExpressAppOptions): Express {
  const { auth, graphql, check, addressOf, log } = options;
  const app = express();
  app.disable('x-powered-by');

  app.use(identify(log));
  app.use(createSecurityHeaders(options.publicUrl));
  app.use((req, res, next) => {
    const refusal = check(req);
    // OAuth's programs may be pages of any origin: they bring no cookie
    if (refusal && !(refusal.code === 'ORIGIN_REFUSED' && isProgramPath(req.path)))
      res.status(403).json({ error: refusal });
    else next();
  });

  if (options.metrics) app.get(METRICS_PATH, options.metrics);

  const rateLimit = limitRate(options.limitCaller, (req) => credentialsOf(req.headers, addressOf(req)));
  // Load balancers bring no credentials, and must get an answer however often they ask.
  const limitCredentials: RequestHandler = (req, res, next) =>
    req.headers.authorization === undefined && req.headers.cookie === undefined ? next() : rateLimit(req, res, next);
  app.get(HEALTH_PATH, limitCredentials, options.health);

  const byAddress = limitRate(options.limitCaller, (req) => ({
    authorization: null,
    cookie: null,
    address: addressOf(req),
  }));
  const oauth = createOAuthRoutes({
    publicUrl: options.publicUrl,
    server: options.oauth,
    rateLimit: byAddress,
    registrations: options.clientRegistrations,
    addressOf,
  });
  app.use((req, res, next) => (isProgramPath(req.path) ? oauth.programs(req, res, next) : next()));
  app.use(oauth.people);

  app.use(GRAPHQL_PATH, rateLimit);
  app.all(GRAPHQL_PATH, (req, res) => graphql(req, res)); // before any body parser

  app.use('/api/auth', rateLimit, (req, _res, next) => {
    req.headers[CLIENT_ADDRESS_HEADER] = addressOf(req);
    next();
  });
  app.all('/api/auth/{*path}', toNodeHandler(auth));
  app.use(createSignIn(auth, addressOf));
  app.get(AUDIT_EXPORT_PATH, rateLimit, options.auditExport);
  const { publicUrl, deviceLogins: logins } = options;
  app.use('/api/device', rateLimit, createDeviceLogin({ publicUrl, logins, addressOf }));

  // Programs that look for something here must not be answered with the dashboard's page.
  app.use(['/api', '/.well-known', METRICS_PATH], notFound);
  app.use(createDashboard(options.dashboardDirectory));
  app.use(notFound);
  app.use(failed(log));
  return app;
}

/** Gives each request an id that its answer and its log lines carry. */
const identify = (log: Log): RequestHandler => {
  const idOf = createRequestIds();
  return (req, res, next) => {
    const requestId = idOf(req.get('traceparent') ?? null);
    const startedAt = performance.now();
    res.setHeader('X-Request-Id', requestId);
    res.once('close', () => {
      const milliseconds = Math.round(performance.now() - startedAt);
      // without the query, which may hold the secret of a link
      log.debug({ requestId, method: req.method, path: req.path, status: res.statusCode, milliseconds }, 'request');
    });
    withRequestId(requestId, next);
  };
};

const notFound: RequestHandler = (_req, res) => {
  res.status(404).json({ error: { code: 'NOT_FOUND', message: 'Nothing is here.' } });
};

const failed =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, _req, res, next) => {
    const requestId = res.getHeader('X-Request-Id');
    const status = clientStatus(error);
    if (status === null && !(error instanceof UserError)) log.error({ err: error, requestId }, 'A request failed.');
    if (res.headersSent) return next(error);
    if (error instanceof UserError) {
      const { code, message, hint } = error;
      res.status(error.kind === 'limit' ? 429 : 400).json({ error: { code, message, hint } });
      return;
    }
    res.status(status ?? 500).json({
      error:
        status === null
          ? { code: 'INTERNAL', message: 'Something went wrong on our side.', requestId }
          : { code: 'INVALID_INPUT', message: 'The request cannot be read.' },
    });
  };

/** Body parsers and the router report a caller's mistake with a status of 4xx. */
const clientStatus = (error: unknown): number | null =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
    ? error.status
    : null;
