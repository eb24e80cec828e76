import type { IncomingMessage } from 'node:http';
import { toNodeHandler } from 'better-auth/node';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { isDiskFull } from '#prisma/disk-full.ts';
import { UserError } from '#server/domain/errors.ts';
import type { DeviceLogins } from '#server/domain/identity/device-logins.ts';
import type { AuthorizationServer } from '#server/domain/oauth/authorization-server.ts';
import type { Log } from '../logging/log.ts';
import { createRequestIds, withRequestId } from '../logging/request-id.ts';
import { APP_FRAME_PATH, createAppFrame } from './app-frame/app-frame.ts';
import { AUDIT_EXPORT_PATH } from './audit-export.ts';
import type { Auth } from './auth.ts';
import { type Authenticate, credentialsOf } from './authenticate.ts';
import { BODY_BYTES_MAX, bodyLength, createBodyAdmission, refuseTooLarge } from './body/admission.ts';
import { createGraphqlBodyReader } from './body/graphql-body.ts';
import { CLIENT_ADDRESS_HEADER } from './client-address.ts';
import { compressJson } from './compress-json.ts';
import { createDashboard } from './dashboard.ts';
import { DATA_DOWNLOAD_PATH } from './data-download.ts';
import { createDeviceLogin } from './device-login.ts';
import { GRAPHQL_PATH, type GraphqlServer } from './graphql.ts';
import { ICONS_PREFIX } from './icons.ts';
import { STORAGE_FULL } from './mask-error.ts';
import { createOAuthRoutes, isProgramPath } from './oauth/routes.ts';
import { createPublicPageRoutes, isBadgePath, PUBLIC_PAGE_PREFIX, type PublicPageDeps } from './public-page/routes.ts';
import { type LimitCaller, limitRate, type RateLimit } from './rate-limit.ts';
import { REMOTE_PREFIX } from './remote-sign-in.ts';
import { HEALTH_PATH, LIVE_PATH, METRICS_PATH, type Refusal } from './same-site.ts';
import { createSecurityHeaders } from './security-headers.ts';
import { type HttpError, sendError } from './send-error.ts';
import { createSignIn } from './sign-in.ts';

export type ExpressAppOptions = {
  publicUrl: string;
  auth: Auth;
  authenticate: Authenticate;
  auditExport: RequestHandler;
  /** Serves the addresses that authorization servers of remote servers use. */
  remoteSignIn: RequestHandler;
  dataDownload: RequestHandler<{ id: string }>;
  icons: RequestHandler;
  graphql: GraphqlServer;
  health: RequestHandler;
  metrics: RequestHandler | null;
  check: (req: IncomingMessage) => Refusal | null;
  addressOf: (req: IncomingMessage) => string;
  limitCaller: LimitCaller;
  deviceLogins: DeviceLogins;
  oauth: AuthorizationServer;
  clientRegistrations: RateLimit;
  publicPage: Pick<PublicPageDeps, 'read' | 'guidesFor'>;
  dashboardDirectory: string;
  log: Log;
};

/** Sign-in and sign-up send an address, a password and a name. */
const AUTH_BODY_BYTES_MAX = 16 * 1024;

/** Everything over HTTP but the endpoint, which stands before it. */
export function createExpressApp(options: ExpressAppOptions): Express {
  const { auth, graphql, check, addressOf, log } = options;
  const app = express();
  app.disable('x-powered-by');

  app.use(identify(log));
  app.use(createSecurityHeaders(options.publicUrl));
  app.use((req, res, next) => {
    const refusal = check(req);
    // OAuth's programs may be pages of any origin, and badges stand on them: nothing there reads a cookie
    if (refusal && !(refusal.code === 'ORIGIN_REFUSED' && (isProgramPath(req.path) || isBadgePath(req.path))))
      sendError(req, res, { status: 403, ...refusal });
    else next();
  });

  const admission = createBodyAdmission(addressOf);
  app.use(admission.admit);
  app.use((req, res, next) => {
    if ((bodyLength(req) ?? 0) <= BODY_BYTES_MAX || req.path === GRAPHQL_PATH) next();
    else refuseTooLarge(req, res, BODY_BYTES_MAX);
  });

  if (options.metrics) app.get(METRICS_PATH, options.metrics);

  const credentialsIn = (req: Request) => credentialsOf(req.headers, addressOf(req));
  const rateLimit = limitRate(options.limitCaller, credentialsIn);
  // Load balancers bring no credentials, and must get an answer however often they ask.
  const limitCredentials: RequestHandler = (req, res, next) =>
    req.headers.authorization === undefined && req.headers.cookie === undefined ? next() : rateLimit(req, res, next);
  app.get(HEALTH_PATH, limitCredentials, options.health);
  app.get(LIVE_PATH, (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'live' });
  });

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

  const { authenticate } = options;
  const readGraphqlBody = createGraphqlBodyReader({ admission, authenticate, credentialsOf: credentialsIn });
  app.all(GRAPHQL_PATH, rateLimit, readGraphqlBody, compressJson(), (req: Request, res: Response) => graphql(req, res));

  app.use('/api/auth', rateLimit, (req, _res, next) => {
    req.headers[CLIENT_ADDRESS_HEADER] = addressOf(req);
    next();
  });
  // better-auth reads bodies without a bound; one that has been read it takes as text
  app.use('/api/auth', express.text({ type: () => true, limit: AUTH_BODY_BYTES_MAX, inflate: false }));
  app.all('/api/auth/{*path}', toNodeHandler(auth));
  app.use(createSignIn(auth, addressOf));
  app.get(AUDIT_EXPORT_PATH, rateLimit, options.auditExport);
  app.use(REMOTE_PREFIX, rateLimit, options.remoteSignIn);
  app.use(ICONS_PREFIX, rateLimit, options.icons);
  app.use(DATA_DOWNLOAD_PATH, rateLimit);
  app.get(DATA_DOWNLOAD_PATH, options.dataDownload);
  const { publicUrl, deviceLogins: logins } = options;
  app.use('/api/device', rateLimit, createDeviceLogin({ publicUrl, logins, addressOf }));

  app.get(APP_FRAME_PATH, createAppFrame());
  app.use(PUBLIC_PAGE_PREFIX, byAddress, createPublicPageRoutes({ publicUrl, ...options.publicPage }));

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

const notFound: RequestHandler = (req, res) =>
  sendError(req, res, { status: 404, code: 'NOT_FOUND', message: 'Nothing is here.' });

const failed =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, req, res, next) => {
    const requestId = String(res.getHeader('X-Request-Id'));
    const status = clientStatus(error);
    if (isDiskFull(error)) log.error({ component: 'database' }, STORAGE_FULL.message);
    else if (status === null && !(error instanceof UserError))
      log.error({ err: error, requestId }, 'A request failed.');
    if (res.headersSent) return next(error);
    sendError(req, res, toHttpError(error, status, requestId));
  };

function toHttpError(error: unknown, status: number | null, requestId: string): HttpError {
  if (error instanceof UserError) {
    const { code, message, hint } = error;
    return { status: error.kind === 'limit' ? 429 : 400, code, message, hint: hint ?? undefined };
  }
  if (isDiskFull(error)) return { status: 507, ...STORAGE_FULL };
  if (status === null)
    return { status: 500, code: 'INTERNAL', message: 'Something went wrong on our side.', requestId };
  if (status === 413) return { status, code: 'LIMIT_REACHED', message: 'The request is too large.' };
  return { status, code: 'INVALID_INPUT', message: 'The request cannot be read.' };
}

/** Body parsers and the router report a caller's mistake with a status of 4xx. */
const clientStatus = (error: unknown): number | null =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
    ? error.status
    : null;
