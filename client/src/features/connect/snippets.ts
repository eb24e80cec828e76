import { type ClientGuide, type Endpoint, slugOf, type Target, TOKEN_PLACEHOLDER } from './client-guide.ts';
import { claude, claudeCode, messagesApi } from './guides/anthropic.ts';
import { cline, continueDev, cursor, jetBrains, vsCode, windsurf, zed } from './guides/editors.ts';
import { chatGpt, codex, responsesApi } from './guides/openai.ts';
import { other } from './guides/other.ts';
import { copilotCli, geminiCli, goose, openCode, qwenCode } from './guides/terminals.ts';

/** Every client that Catwalk knows how to set up, in the order in which the page shows them. */
const GUIDES = [
  claudeCode,
  cursor,
  vsCode,
  claude,
  chatGpt,
  codex,
  geminiCli,
  copilotCli,
  openCode,
  qwenCode,
  cline,
  continueDev,
  windsurf,
  zed,
  jetBrains,
  goose,
  messagesApi,
  responsesApi,
  other,
] as const;

/** The instructions of every client for one endpoint. */
export function clientGuides({ name, url, token, access }: Endpoint): ClientGuide[] {
  const bearer = `Bearer ${token ?? TOKEN_PLACEHOLDER}`;
  // With OAuth a client gets its own token from the user's consent: a token in its configuration would prevent that.
  const headers = access === 'TOKEN' ? { headers: { Authorization: bearer } } : {};
  const target: Target = { slug: slugOf(name), url, access, bearer, token: token ?? TOKEN_PLACEHOLDER, headers };
  return GUIDES.map((guide) => guide(target));
}
