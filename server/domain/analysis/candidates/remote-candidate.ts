import { credentialField } from '../detect/credential-field.ts';
import type { CredentialField, Described, Evidence } from '../result.ts';

/** A header that a registry's entry names for a remote server. */
export type DeclaredHeader = { name: string; description: string | null; isRequired: boolean; isSecret: boolean };

/** A server that runs at an address already. */
export type RemoteAddress = {
  name: string;
  url: string;
  description: string | null;
  /** `sse` for HTTP+SSE of 2024-11-05 alone. */
  type: string;
  headers: readonly DeclaredHeader[];
  evidence: Evidence['kind'];
};

/** The transport of an address that nothing else describes: servers of the old one are found at `/sse`. */
export const transportOf = (url: string): string => (/\/sse\/?(?:[?#]|$)/.test(url) ? 'sse' : 'streamable-http');

const AUTHORIZATION: DeclaredHeader = {
  name: 'Authorization',
  description:
    'Sent as the Authorization header. A token alone is sent as “Bearer <token>”. Leave it empty to sign in at the server after deploying.',
  isRequired: false,
  isSecret: true,
};

/** `X-API-Key` → X_API_KEY. */
export const variableOf = (header: string): string => header.toUpperCase().replace(/[^A-Z0-9]+/g, '_');

const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,80}$/;
/** Headers that the protocol and the connection use themselves. */
const RESERVED = /^(?:host|content-.*|accept.*|connection|transfer-encoding|mcp-.*|cookie|te|upgrade|proxy-.*)$/i;

/** Reports whether a relay can send the header with every call. */
export const isRelayed = (name: string): boolean => HEADER_NAME.test(name) && !RESERVED.test(name);
/** Headers that Catwalk sets as every client does, so that nothing is lost without those of the settings. */
const OF_THE_CONNECTION = /^(?:content-.*|accept.*|connection|mcp-protocol-version)$/i;

const fieldOf = (
  { name, description, isRequired, isSecret }: DeclaredHeader,
  kind: Evidence['kind'],
): CredentialField =>
  credentialField(variableOf(name), {
    label: name,
    description,
    kind: isSecret ? 'SECRET' : 'TEXT',
    required: isRequired,
    requirement: isRequired ? 'HARD' : 'LAZY',
    confidence: kind === 'SNIPPET' ? 'LOW' : 'HIGH',
    evidence: [{ kind, file: null, line: null, note: `sent as the header ${name}` }],
  });

/** An address may carry a key in its query: only where it leads is kept. */
const withoutQuery = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
};

/** The candidate of a server that runs elsewhere. Catwalk relays to it with the headers of the form. */
export function remoteCandidate({ name, url, description, type, headers, evidence }: RemoteAddress): Described {
  const isUsable = URL.canParse(url) && /^https?:/.test(url) && !url.includes('{');
  const address = isUsable ? withoutQuery(url) : url;
  const reason = !isUsable
    ? 'The address of this server has gaps to fill in. Paste its whole address.'
    : type === 'sse'
      ? 'This is an address for HTTP+SSE of 2024-11-05, whose sessions live on one connection. Catwalk relays to servers with Streamable HTTP: paste that address, often the same one with /mcp at the end.'
      : null;
  const named = headers.filter((one) => isRelayed(one.name));
  const used = named.length > 0 ? named : [AUTHORIZATION];
  const left = headers.filter((one) => !named.includes(one) && !OF_THE_CONNECTION.test(one.name));
  return {
    candidate: {
      key: `remote:${name}`,
      displayName: name,
      description,
      runtime: 'remote',
      deployable: reason === null,
      notDeployableReason: reason,
      package: address,
      version: null,
      integrity: null,
      subfolder: null,
      runCommand: address,
      arguments: [],
      credentials: used.map((one) => fieldOf(one, evidence)),
      verified: true,
      verdict: 'REMOTE_ONLY',
      tools: [],
      notes: 'This server runs elsewhere. Catwalk relays to it, with its own tokens, call log and usage in front.',
      spec:
        reason === null
          ? {
              runtime: 'remote',
              url: address,
              headers: used.map((one) => ({ name: one.name, variable: variableOf(one.name) })),
            }
          : null,
      fixedArguments: [],
    },
    warnings:
      left.length === 0
        ? []
        : [
            {
              code: 'HEADERS_LEFT_OUT',
              weight: 'CAUTION',
              message: `Catwalk sends no header ${left.map((one) => one.name).join(', ')}: it relays the calls of several clients, to which such a header does not belong.`,
              candidateKey: `remote:${name}`,
            },
          ],
  };
}
