import { z } from 'zod';

/** Headers that settings or a command give to a server at an address, by name; a value is null if only a variable names it. */
export type RemoteHeaders = Record<string, string | null>;

const HEADER_WORD = /^\s{0,9}([A-Za-z][\w-]{0,80})\s{0,9}[:=]\s{0,9}(.*)$/s;

/** `Name: value`, as `--header` takes it; some clients take `Name=value`. */
export function headerIn(word: string | undefined): { name: string; value: string } | null {
  const match = HEADER_WORD.exec(word ?? '');
  return match?.[1] ? { name: match[1], value: match[2] ?? '' } : null;
}

const HEADER_FLAGS = new Set(['-H', '--header', '--headers']);

/** The headers among the words of a command: `--header "Name: value"` and `--header="Name: value"`. */
export function headersInWords(words: readonly string[]): RemoteHeaders {
  const found: RemoteHeaders = {};
  for (const [at, word] of words.entries()) {
    const assigned = /^--headers?=(.*)$/s.exec(word)?.[1];
    const header = headerIn(assigned ?? (HEADER_FLAGS.has(words[at - 1] ?? '') ? word : undefined));
    if (header) found[header.name] = header.value;
  }
  return found;
}

const record = z.record(z.string(), z.unknown()).optional().catch(undefined);
const inside = z.looseObject({ headers: record }).optional().catch(undefined);

/**
 * The shapes of clients: `headers` (most), `http_headers`, `env_http_headers` and `bearer_token_env_var` (Codex),
 * `requestInit` and `requestOptions` (libraries, Continue).
 */
const entrySchema = z.looseObject({
  headers: record,
  http_headers: record,
  env_http_headers: record,
  bearer_token_env_var: z.string().optional().catch(undefined),
  requestInit: inside,
  requestOptions: inside,
});

export function headersOfEntry(value: unknown): RemoteHeaders {
  const { data } = entrySchema.safeParse(value);
  if (!data) return {};
  const given = {
    ...data.requestOptions?.headers,
    ...data.requestInit?.headers,
    ...data.headers,
    ...data.http_headers,
  };
  return {
    ...Object.fromEntries(
      Object.entries(given).map(([name, one]) => [
        name,
        typeof one === 'string' || typeof one === 'number' ? String(one) : null,
      ]),
    ),
    ...Object.fromEntries(Object.keys(data.env_http_headers ?? {}).map((name) => [name, null])),
    ...(data.bearer_token_env_var === undefined ? {} : { Authorization: null }),
  };
}

/** Puts the values of variables in the place of `${NAME}`; null if one has none. */
export function filledHeader(value: string | null, env: Record<string, string | null>): string | null {
  if (value === null) return null;
  const names = [...value.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  if (names.some((name) => !env[name])) return names.length === 0 ? value : null;
  return value.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? '');
}
