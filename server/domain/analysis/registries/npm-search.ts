import registryFetch from 'npm-registry-fetch';
import { z } from 'zod';
import type { NpmConfiguration } from './npm-configuration.ts';
import type { Suggestion } from './suggestion.ts';

const SEARCH_MS_MAX = 6_000;
const ASKED_MAX = 20;
const FOUND_MAX = 4;

const packageSchema = z.looseObject({
  name: z.string(),
  description: z.string().nullable().catch(null).default(null),
  keywords: z.array(z.string()).catch([]).default([]),
});
const answerSchema = z.looseObject({ objects: z.array(z.looseObject({ package: z.unknown() })).catch([]) });

const speaksOfMcp = ({ name, description, keywords }: z.infer<typeof packageSchema>): boolean =>
  /\bmcp\b|model context protocol/i.test([name.replaceAll('_', '-'), description ?? '', ...keywords].join(' '));

/** Searches npm, with its own configuration, for packages that speak of MCP. */
export function createNpmSearch(deps: { configuration: NpmConfiguration; registryUrl?: string | undefined }) {
  return async (words: string, signal: AbortSignal): Promise<Suggestion[]> => {
    const answer = await registryFetch.json('/-/v1/search', {
      ...deps.configuration,
      ...(deps.registryUrl === undefined ? {} : { registry: deps.registryUrl }),
      query: { text: `${words} mcp`, size: ASKED_MAX },
      fetchRetries: 0,
      signal: AbortSignal.any([signal, AbortSignal.timeout(SEARCH_MS_MAX)]),
    });
    const wanted = words.toLowerCase().split(' ');
    return answerSchema
      .parse(answer)
      .objects.flatMap(({ package: found }) => packageSchema.safeParse(found).data ?? [])
      .filter((one) => speaksOfMcp(one) && wanted.some((word) => one.name.toLowerCase().includes(word)))
      .slice(0, FOUND_MAX)
      .map(({ name, description }) => ({ source: name, name, description, origin: 'NPM' }));
  };
}
