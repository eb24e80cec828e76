import { UserError } from '../../errors.ts';
import type { Run } from '../context.ts';
import type { Suggestion } from '../registries/suggestion.ts';

/** No package has this name, but servers with similar names exist. */
export class SuggestionsFound extends UserError {
  readonly suggestions: readonly Suggestion[];

  constructor(cause: UserError, suggestions: readonly Suggestion[]) {
    const [first] = suggestions;
    const hint = first ? `Did you mean ${suggestions.map(({ source }) => source).join(', ')}?` : cause.hint;
    super(cause.code, cause.message, { kind: cause.kind, ...(hint === null ? {} : { hint }), cause });
    this.suggestions = suggestions;
  }
}

const SUGGESTIONS_MAX = 5;

/** `@acme/github-mcp-server` → “acme github”: words that every server has find every server. */
const wordsOf = (name: string): string =>
  name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !/^(?:mcp|server|the|for)$/i.test(word))
    .join(' ') || name;

/** Searches all lists for servers with names like this one; without the package of exactly this name. */
export async function suggest(run: Run, name: string): Promise<Suggestion[]> {
  const { tools, report, signal } = run;
  await report('RESOLVE', 'RUNNING', `Searching the MCP registry and npm for “${name}”.`);
  const words = wordsOf(name);
  const lists = await Promise.allSettled(tools.suggesters.map((search) => search(words, signal)));
  signal.throwIfAborted();
  const found = lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  const once = new Map(found.map((one) => [one.source.toLowerCase(), one]));
  once.delete(name.toLowerCase());
  return [...once.values()].slice(0, SUGGESTIONS_MAX);
}

/** Returns the same error with servers that may have been meant. */
export const withSuggestions = async (run: Run, name: string, missing: UserError): Promise<SuggestionsFound> =>
  new SuggestionsFound(missing, await suggest(run, name));

export const notAPackage = (words: string): UserError =>
  new UserError('PACKAGE_NOT_FOUND', `“${words}” is not the name of a package.`, {
    kind: 'invalid-input',
    hint: 'Paste a GitHub URL, the name of an npm package, pypi:name, or an mcpServers block.',
  });
