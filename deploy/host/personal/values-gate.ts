import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuseRequest } from '../bridge/refuse-request.ts';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { VALUES_HEADER, VALUES_MISSING } from '../header-contract.ts';
import type { HeldValues } from './held-values.ts';
import { VALUES_WANTED, ValuesWantedError } from './values-wanted.ts';

/** `pass`: its caller's values are held. `missing`: its caller has none. `refused`: it was answered. */
export type Verdict = 'pass' | 'missing' | 'refused';

export type ValuesGate = (request: IncomingMessage, response: ServerResponse, principal: string) => Verdict;

/**
 * Stands before everything that may need a child, and before the body is read: a request whose values are not held can be
 * sent again, since nothing was begun. The platform is let through, and gets values when there are some.
 */
export const createValuesGate =
  (values: Pick<HeldValues, 'holds'>): ValuesGate =>
  (request, response, principal) => {
    if (principal === PLATFORM_PRINCIPAL || request.method === 'DELETE') return 'pass';
    const revision = request.headers[VALUES_HEADER];
    if (revision === VALUES_MISSING) return 'missing';
    if (typeof revision === 'string' && values.holds({ principal, revision })) return 'pass';
    refuseRequest(request, response, 428, new ValuesWantedError().message, { headers: VALUES_WANTED });
    return 'refused';
  };
