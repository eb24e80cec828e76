import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliFailure } from './failure.ts';

/** Where a server is and how to speak to it: `catwalk login` keeps one, and a server writes one into its data folder. */
export const loginSchema = z.object({ url: z.url({ protocol: /^https?$/ }), token: z.string().min(1) });
export type Login = z.infer<typeof loginSchema>;

/** The user's configuration folder by the custom of their system. */
export function loginPath(env: NodeJS.ProcessEnv, platform = process.platform): string {
  if (env['XDG_CONFIG_HOME']) return join(env['XDG_CONFIG_HOME'], 'catwalk', 'login.json');
  if (platform === 'win32' && env['APPDATA']) return join(env['APPDATA'], 'catwalk', 'login.json');
  return join(env['HOME'] ?? homedir(), '.config', 'catwalk', 'login.json');
}

/** What `catwalk login` keeps: one for each server, the one of the latest login first. */
const keptSchema = z.object({ servers: z.array(loginSchema).min(1) });

/** Every login that is kept; a single one is how they were kept before. */
export const findLogins = (path: string): Promise<Login[]> =>
  readLogins(path, z.union([keptSchema.transform(({ servers }) => servers), loginSchema.transform((one) => [one])]));

/** The one that a server wrote; null when there is none. */
export async function findLogin(path: string): Promise<Login | null> {
  const [login] = await readLogins(
    path,
    loginSchema.transform((one) => [one]),
  );
  return login ?? null;
}

/** Empty when there is no such file; a file that is there and cannot be used is an error, never skipped. */
async function readLogins(path: string, schema: z.ZodType<Login[]>): Promise<Login[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return [];
    throw new CliFailure('SERVER_NOT_FOUND', `The file ${path} cannot be read.`, {
      hint: 'It belongs to whoever runs the server. Run the command as that user, or give --server and CATWALK_TOKEN.',
      cause: error,
    });
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new CliFailure('SERVER_NOT_FOUND', `The file ${path} holds no address and token.`, {
    hint: 'Remove it, then start the server again or run `catwalk login`.',
  });
}

/** Beside those of other servers. Written beside and renamed, so that the token is never in a file that others may read. */
export async function saveLogin(path: string, login: Login): Promise<void> {
  const others = (await findLogins(path).catch(() => [])).filter(({ url }) => url !== login.url);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify({ servers: [login, ...others] }, null, 2)}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600); // a file left over from a crash keeps its own mode
  await rename(temporary, path);
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // refused by the schema, with a hint
  }
}
