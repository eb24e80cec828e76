import type { IncomingMessage } from 'node:http';
import { REQUEST_ID_HEADER } from '../header-contract.ts';

const REQUEST_ID = /^[\w-]{1,64}$/;
const NAMED_MAX = 5;

/** The endpoint's id of this request, or null. It is written into log lines, so it must be a plain word. */
export const requestIdOf = (request: IncomingMessage): string | null => {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : null;
};

/** Some ids for a log line, and how many more there are. */
export const nameSome = (ids: readonly string[]): string => {
  const more = ids.length - NAMED_MAX;
  return ids.slice(0, NAMED_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
};
