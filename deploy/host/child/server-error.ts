import type { HostFailure } from '../contract.ts';
import { hostFailure } from '../failure.ts';
import { describeMissing } from './boot-failure.ts';

const CHARACTERS_MAX = 400;

/** Words of a request that reached no service: a later try may succeed. */
const UNREACHABLE =
  /\bfetch failed\b|\bE(?:CONNREFUSED|CONNRESET|CONNABORTED|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|NETUNREACH|PIPE)\b|\btimed? ?out\b|\bgetaddrinfo\b|\bsocket hang up\b|\bname resolution\b|\bnetwork (?:error|is unreachable)\b|\bconnection (?:refused|reset|error|timed out)\b|\b(?:502|503|504)\b/i;
const KEY = /\b(?:api[ _-]?keys?|access[ _-]?tokens?|tokens?|credentials?|passwords?|secrets?)\b/i;
const ABSENT =
  /\b(?:missing|required|not (?:set|provided|configured|found|defined)|no|without|must be (?:set|provided))\b/i;
const REFUSED =
  /\bunauthori[sz]ed\b|\bforbidden\b|\bauthenticat\w*|\bpermission denied\b|\b40[13]\b|\b(?:invalid|expired|bad|wrong)\b/i;

/**
 * Explains an error that a server itself answered to `initialize` or `tools/list`. The server's words are the message.
 *
 * @param method the method that it answered with the error; null if that is not known
 * @param known variables of the server's form, which count in any spelling that names them
 */
export function describeServerError(text: string, method: string | null, known: readonly string[]): HostFailure {
  const words = text
    .replace(/^(?:MCP error|Error) -?\d+:\s*/i, '')
    .trim()
    .slice(0, CHARACTERS_MAX);
  const message = `The server answered ${method ?? 'the handshake'} with an error${words === '' ? '.' : `: ${words}`}`;
  const missing = describeMissing([words], known);
  if (missing) return { ...missing, message };
  if (UNREACHABLE.test(words))
    return hostFailure('SERVER_ERROR', message, {
      hint: 'The server could not reach a service that it needs. Check the address in its settings and what it may reach over the network, then try again.',
      retryable: true,
    });
  if (KEY.test(words) && ABSENT.test(words))
    return hostFailure('MISSING_CREDENTIAL', message, {
      hint: 'Set the credential that the server names, and deploy again.',
    });
  if (REFUSED.test(words))
    return hostFailure('SERVER_ERROR', message, {
      hint: 'The service behind the server may have refused its credentials. Check them, and deploy again.',
    });
  return hostFailure('SERVER_ERROR', message, {
    hint: 'The message is the server’s own. See its log, and check its credentials and arguments.',
    retryable: true,
  });
}
