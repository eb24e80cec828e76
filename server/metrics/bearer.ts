import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Secret } from '#server/domain/credentials/secret.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Reports whether a request carries METRICS_TOKEN as its bearer token; compared in constant time. */
export function createBearerCheck(token: Secret): (req: IncomingMessage) => boolean {
  const expected = digest(token.reveal());
  return ({ headers }) => {
    const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}
