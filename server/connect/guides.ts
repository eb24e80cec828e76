import { claude, claudeCode, messagesApi } from './anthropic.ts';
import { inspector, supergateway } from './bridges.ts';
import { cline, continueDev, cursor, jetBrains, vsCode, windsurf, zed } from './editors.ts';
import { type Endpoint, targetOf } from './endpoint.ts';
import type { KnownClient } from './guide.ts';
import { libraries } from './libraries.ts';
import { LIMIT_KEYS, LIMITS, LIMITS_OF_CLIENTS } from './limits.ts';
import { chatGpt, codex, responsesApi } from './openai.ts';
import { other } from './other.ts';
import { copilot, gemini, goose, openCode, qwen } from './terminals.ts';

const GUIDES = [
  claudeCode,
  cursor,
  vsCode,
  claude,
  chatGpt,
  codex,
  gemini,
  copilot,
  openCode,
  qwen,
  cline,
  continueDev,
  windsurf,
  zed,
  jetBrains,
  goose,
  inspector,
  supergateway,
  messagesApi,
  responsesApi,
];

/** The instructions for every client that Catwalk can set up, in the order in which the dashboard and the CLI show them. */
export function clientGuides(endpoint: Endpoint): KnownClient[] {
  const target = targetOf(endpoint);
  const guides = [...GUIDES.map((guide) => guide(target)), ...libraries(target), other(target)];
  return guides.map((guide) => ({ ...guide, limits: LIMITS_OF_CLIENTS[guide.key] ?? [] }));
}

/** Instructions differ by endpoint; the names and limits of clients do not. */
const ANY = clientGuides({ name: 'x', url: 'http://localhost/', token: null, access: 'PUBLIC' });

/** The names of all clients. */
export const CLIENT_KEYS: readonly string[] = ANY.map(({ key }) => key);

/** What goes wrong in clients while the endpoint is well, with the labels of the clients in which it was seen. */
export const knownLimits = () =>
  LIMIT_KEYS.map((key) => ({
    ...LIMITS[key],
    clients: ANY.filter(({ limits }) => limits.includes(key)).map(({ label }) => label),
  }));
