/** `npm run keys:rotate`: seals every secret again with the current key, while servers keep running. */
import { mkdir, realpath } from 'node:fs/promises';
import { z } from 'zod';
import { readCliCredentials } from '#server/domain/identity/cli-credentials.ts';
import { type Rotation, rotateKeys } from '../server/compose/keys/rotate-keys.ts';
import { openStorage } from '../server/compose/storage.ts';
import { type Env, readEnv } from '../server/env.ts';
import { DataFolderInUseError, holdDataFolder } from '../server/process/data-folder.ts';
import { StartError } from '../server/process/start-error.ts';

const ROTATION_MS_MAX = 30 * 60_000;
const answerSchema = z.object({
  data: z.object({ rotateKeys: z.object({ kid: z.string(), envelopes: z.number() }) }),
});

/** On the database itself: any number of servers may be using it. */
async function rotateHere(env: Env, dataDir: string): Promise<Rotation> {
  const storage = await openStorage(env, dataDir);
  try {
    return await rotateKeys({ ...storage, env, dataDir, ownerId: storage.owner.id }, 'system');
  } finally {
    await storage.database.close();
  }
}

/** An embedded database belongs to the server that has it open: that one does it. */
async function rotateThere(dataDir: string): Promise<Rotation> {
  const cli = await readCliCredentials(dataDir);
  if (cli === null)
    throw new StartError('The server that is running here cannot be asked.', 'Stop it, then try again.');
  const answer = await fetch(`${cli.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${cli.token}` },
    body: JSON.stringify({ query: 'mutation { rotateKeys { ... on KeyRotation { kid envelopes } } }' }),
    signal: AbortSignal.timeout(ROTATION_MS_MAX),
  });
  return answerSchema.parse(await answer.json()).data.rotateKeys;
}

async function main(): Promise<Rotation> {
  const env = readEnv(process.env);
  if (env.DATABASE_URL) {
    await mkdir(env.CATWALK_DATA_DIR, { recursive: true, mode: 0o700 });
    return rotateHere(env, env.CATWALK_DATA_DIR);
  }
  const folder = await holdDataFolder(env.CATWALK_DATA_DIR).catch((error: unknown) => {
    if (error instanceof DataFolderInUseError) return null; // the server that holds it rotates the keys
    throw error;
  });
  if (folder === null) return rotateThere(await realpath(env.CATWALK_DATA_DIR));
  try {
    return await rotateHere(env, folder.path);
  } finally {
    await folder.release();
  }
}

try {
  const { kid, envelopes } = await main();
  process.stdout.write(
    `${envelopes} secrets were sealed again with the key "${kid}". Every secret is sealed with it now.\n`,
  );
  process.exit(0);
} catch (error) {
  const text = error instanceof StartError ? `${error.message}\n${error.hint}` : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
