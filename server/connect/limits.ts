/**
 * Things that some clients do not do, whatever a server answers, as `npm run interop` saw them (docs/compatibility.md).
 * Each names the sign by which a person meets it, the reason in the client, and the remedy.
 */
export const LIMITS = {
  restart: {
    sign: 'After a restart or an update, calls fail with “Session not found” (404).',
    reason: 'The client does not open another session after 404, as the specification demands.',
    remedy: 'Connect the client again, or start it again.',
  },
  slow: {
    sign: 'Calls that take longer than a minute fail.',
    reason: 'The client gives up after its own time limit.',
    remedy: 'Raise the limit in the client, or have the server report progress.',
  },
  rotation: {
    sign: 'After a token was revoked or replaced, calls fail with 401.',
    reason: 'A fixed token cannot be replaced in a running client.',
    remedy:
      'Put the new token into the settings of the client (catwalk connect ID CLIENT --new-token) and start it again, or use OAuth.',
  },
  changed: {
    sign: 'New tools do not appear.',
    reason: 'The client does not read the list again when the server announces a change.',
    remedy: 'Connect the client again.',
  },
} as const satisfies Record<string, { sign: string; reason: string; remedy: string }>;

export type LimitKey = keyof typeof LIMITS;
export const LIMIT_KEYS = Object.keys(LIMITS) as LimitKey[]; // the keys of the constant above

/** The limits of clients that `npm run interop` kept connected, by the keys of their guides. */
export const LIMITS_OF_CLIENTS: Readonly<Record<string, readonly LimitKey[]>> = {
  typescript: ['restart', 'slow', 'rotation', 'changed'],
  'typescript-v1': ['restart', 'slow', 'rotation'],
  'ai-sdk': ['rotation', 'changed'],
  langchain: ['restart', 'slow', 'rotation', 'changed'],
  mastra: ['slow', 'rotation', 'changed'],
  claude: ['slow', 'rotation'],
  supergateway: ['restart', 'slow', 'rotation', 'changed'],
};
