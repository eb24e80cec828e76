export type EnvPair = { name: string; value: string };

/** A larger file is not an .env file. */
export const ENV_FILE_BYTES_MAX = 256_000;

const ASSIGNMENT = /^\s*(?:export\s+|set\s+|-e\s+|--env\s+)?["']?([A-Za-z_][A-Za-z0-9_]*)["']?\s*[=:]\s*(.*?)\s*,?\s*$/;

const unquote = (value: string): string => {
  const quoted = /^(["'`])(.*)\1$/s.exec(value);
  if (quoted)
    return quoted[1] === '"' ? (quoted[2] ?? '').replaceAll('\\n', '\n').replaceAll('\\"', '"') : (quoted[2] ?? '');
  return value.replace(/\s+#.*$/, '');
};

/** Reads NAME=VALUE lines of an .env file, a shell script or a JSON `env` block. The last line with a name counts. */
export function parseDotenv(text: string): EnvPair[] {
  const pairs = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:#|\/\/)/.test(line)) continue;
    const match = ASSIGNMENT.exec(line);
    const name = match?.[1];
    const value = match?.[2];
    if (name === undefined || value === undefined || value === '{') continue;
    pairs.set(name, unquote(value));
  }
  return [...pairs].map(([name, value]) => ({ name, value }));
}
