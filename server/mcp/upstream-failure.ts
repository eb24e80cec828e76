import { ValuesChangedError } from './personal/give-values.ts';
import type { Refusal } from './refusal.ts';
import * as refusals from './refusals.ts';

/** Returns the refusal for a request to a machine that failed, by the code of undici, Node or its HTTP parser. */
export function refusalOfFailure(error: Error): Refusal {
  if (error instanceof ValuesChangedError) return refusals.valuesChanged;
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return refusals.silent;
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
    case 'EPIPE':
      return refusals.brokenOff;
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    case 'UND_ERR_HEADERS_OVERFLOW':
      return refusals.unacceptable('its answer is malformed');
    default:
      return code.startsWith('HPE_') ? refusals.unacceptable('its answer is malformed') : refusals.unreachable;
  }
}
