import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Credentials, credentialsOf } from './authenticate.ts';

/** Over HTTP there are a request and a response, over WebSocket the credentials that the socket opened with. */
export type GraphqlServerContext = { req: IncomingMessage; res: ServerResponse } | { credentials: Credentials };

export type CredentialsIn = (initial: GraphqlServerContext) => Credentials;

export const createCredentialsIn =
  (addressOf: (req: IncomingMessage) => string): CredentialsIn =>
  (initial) =>
    'credentials' in initial ? initial.credentials : credentialsOf(initial.req.headers, addressOf(initial.req));
