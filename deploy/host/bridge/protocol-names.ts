/** Names and codes of the protocol that several files of the bridge compare with. */

/** Before the names that the protocol defines in `_meta`. */
export const META_PREFIX = 'io.modelcontextprotocol/';

/** A result of the modern era names its server under this key of its `_meta`. */
export const SERVER_INFO = `${META_PREFIX}serverInfo`;

/** The tasks of both eras differ, so that neither stands for the other. */
export const TASKS_EXTENSION = `${META_PREFIX}tasks`;

const REPEATED_HANDSHAKE = /^io\.modelcontextprotocol\/(protocolVersion|clientInfo|clientCapabilities|logLevel)$/;

/** True for the members of `_meta` with which each request of the modern era repeats the handshake of its client. */
export const repeatsHandshake = (name: string): boolean => REPEATED_HANDSHAKE.test(name);

/** Levels of log messages, the most verbose first. */
export const LOG_LEVELS: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

const CAPABILITIES = new Map([
  ['elicitation/create', 'elicitation'],
  ['sampling/createMessage', 'sampling'],
  ['roots/list', 'roots'],
]);

/** The capability with which a client allows a request of a server; null for a request that no client takes. */
export const capabilityFor = (method: string): string | null => CAPABILITIES.get(method) ?? null;

/** True for the codes that the modern era reserves for itself (2026-07-28, error codes). */
export const isModernCode = (code: number): boolean => code <= -32020 && code >= -32099;
