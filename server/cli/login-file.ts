import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliFailure } from './failure.ts';

/** The address and token of a server. `catwalk login` stores one, and a server writes one into its data folder. */
export const loginSchema = z.object({ url: z.url({ protocol: /^https?$/ }), token: z.string().min(1) });
export type Login = z.infer<typeof loginSchema>;

/** The user's configuration folder by the custom of their system. */
export function loginPath(env: NodeJS.ProcessEnv, platform = process.platform): string {
  if (env['XDG_CONFIG_HOME']) return join(env['XDG_CONFIG_HOME'], 'catwalk', 'login.json');
  if (platform === 'win32' && env['APPDATA']) return join(env['APPDATA'], 'catwalk', 'login.json');
  return join(env['HOME'] ?? homedir(), '.config', 'catwalk', 'login.json');
}

/** The file of `catwalk login`: one entry for each server, the latest login first. */
const keptSchema = z.object({ servers: z.array(loginSchema).min(1) });

/** Every stored login. Older versions stored a single one. */
export const findLogins = (path: string): Promise<Login[]> =>
  readLogins(path, z.union([keptSchema.transform(({ servers }) => servers), loginSchema.transform((one) => [one])]));

/** The login that a server wrote; null if the file does not exist. */
export async function findLogin(path: string): Promise<Login | null> {
  const [login] = await readLogins(
    path,
    loginSchema.transform((one) => [one]),
  );
  return login ?? null;
}

/** Empty if the file does not exist; a file that cannot be used is an error and never skipped. */
async function readLogins(path: string, schema: z.ZodType<Login[]>): Promise<Login[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return [];
    throw new CliFailure('SERVER_NOT_FOUND', `The file ${path} cannot be read.`, {
      hint: 'It belongs to the user who runs the server. Run the command as that user, or set --server and CATWALK_TOKEN.',
      cause: error,
    });
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new CliFailure('SERVER_NOT_FOUND', `The file ${path} does not contain an address and a token.`, {
    hint: 'Remove it, then start the server again or run `catwalk login`.',
  });
}

/** Adds a login to those of other servers. Written to a private file first, so that other users can never read the token. */
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
