import type { Endpoint } from '#server/connect/endpoint.ts';
import type { SnippetLanguage } from '#server/connect/guide.ts';
import { CLIENT_KEYS, clientGuides } from '#server/connect/guides.ts';
import { LIMITS } from '#server/connect/limits.ts';

/** Printed when no client is named: the others are many. */
export const USUAL_CLIENTS: readonly string[] = ['claude-code', 'claude', 'cursor', 'vscode'];
export const CLIENTS = CLIENT_KEYS;

/** How to add an endpoint to one MCP client. `snippet` is the first text to copy. */
export type Setup = {
  client: string;
  title: string;
  steps: string;
  snippet: string | null;
  language: SnippetLanguage;
  snippets: { label: string; code: string; language: SnippetLanguage }[];
  /** Things that the client does not do, each with its sign, the reason and the remedy. */
  limits: { sign: string; reason: string; remedy: string }[];
};

export type EndpointFacts = { name: string; url: string; access: string; token: string | null };

/** A token that is given under OAuth is for a client without a browser, which must send it. */
function accessOf({ access, token }: EndpointFacts): Endpoint['access'] {
  if (access === 'PUBLIC') return 'PUBLIC';
  return access === 'OAUTH' && token === null ? 'OAUTH' : 'TOKEN';
}

export function clientSetups(facts: EndpointFacts): Setup[] {
  return clientGuides({ ...facts, access: accessOf(facts) }).map(({ key, label, steps, snippets, limits }) => ({
    client: key,
    title: label,
    steps,
    snippet: snippets[0]?.code ?? null,
    language: snippets[0]?.language ?? null,
    snippets: snippets.map(({ label: name, code, language }) => ({ label: name, code, language })),
    limits: limits.map((limit) => LIMITS[limit]),
  }));
}

/** @throws TypeError for a name that is not in `CLIENTS`. */
export function clientSetup(client: string, facts: EndpointFacts): Setup {
  const found = clientSetups(facts).find((setup) => setup.client === client);
  if (!found) throw new TypeError(`There is no client ${client}.`);
  return found;
}
