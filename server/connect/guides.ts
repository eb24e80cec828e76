import { claude, claudeCode, messagesApi } from './anthropic.ts';
import { inspector, supergateway } from './bridges.ts';
import { cline, continueDev, cursor, jetBrains, vsCode, windsurf, zed } from './editors.ts';
import { type Endpoint, targetOf } from './endpoint.ts';
import type { ClientGuide } from './guide.ts';
import { libraries } from './libraries.ts';
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
export function clientGuides(endpoint: Endpoint): ClientGuide[] {
  const target = targetOf(endpoint);
  return [...GUIDES.map((guide) => guide(target)), ...libraries(target), other(target)];
}

/** The names of all clients; instructions for them differ by endpoint, their names do not. */
export const CLIENT_KEYS: readonly string[] = clientGuides({
  name: 'x',
  url: 'http://localhost/',
  token: null,
  access: 'PUBLIC',
}).map(({ key }) => key);
