import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Actor } from '#server/domain/actor.ts';
import type { ApiTokenService } from './api-tokens.ts';

/** How the CLI on the same computer finds the server: `{dataDir}/cli.json`, readable by its user alone. */
export const CLI_FILE = 'cli.json';
const TOKEN_NAME = 'CLI on this computer';

export const cliCredentialsSchema = z.object({ url: z.string(), token: z.string() });
export type CliCredentials = z.infer<typeof cliCredentialsSchema>;

/** Null when there is none, or it cannot be read as one. */
export async function readCliCredentials(dataDir: string): Promise<CliCredentials | null> {
  const text = await readFile(path.join(dataDir, CLI_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return cliCredentialsSchema.parse(JSON.parse(text));
  } catch {
    return null; // truncated, or of another version: create it again
  }
}

/**
 * Keeps the CLI's token while it works, makes a new one otherwise, and writes down where the server is now. Returns the
 * token's id.
 */
export async function ensureCliCredentials(
  deps: { apiTokens: ApiTokenService; owner: Actor },
  dataDir: string,
  url: string,
): Promise<string> {
  const kept = await readCliCredentials(dataDir);
  const actor = kept === null ? null : await deps.apiTokens.authenticate(kept.token, null);
  const keptId = actor?.userId === deps.owner.userId ? (actor.credentialId ?? null) : null;
  const { id, token } =
    kept !== null && keptId !== null
      ? { id: keptId, token: kept.token }
      : await deps.apiTokens.create(deps.owner, { name: TOKEN_NAME, scope: 'WRITE', expiresAt: null });
  if (token === kept?.token && kept.url === url) return id;
  const file = path.join(dataDir, CLI_FILE);
  const fresh = `${file}.${randomUUID()}`; // renamed into place, so that no reader sees half of it
  await writeFile(fresh, `${JSON.stringify({ url, token } satisfies CliCredentials)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(fresh, file);
  return id;
}
