import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Secret } from '#server/domain/credentials/secret.ts';
import { hashSecret } from '#server/domain/secret-hash.ts';

/** Reports whether a request carries METRICS_TOKEN as its bearer token; compared in constant time. */
export function createBearerCheck(token: Secret): (req: IncomingMessage) => boolean {
  const expected = hashSecret(token.reveal());
  return ({ headers }) => {
    const presented = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    return presented !== undefined && timingSafeEqual(hashSecret(presented), expected);
  };
}
