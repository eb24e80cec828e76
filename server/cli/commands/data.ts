import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ask, canAsk } from '../ask.ts';
import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import { CLEAR_KEPT_DATA, COPY_KEPT_DATA, KEPT_DATA } from '../operations/data.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type DataOptions = { clear?: boolean; copyFrom?: string; download?: string | true; yes?: boolean };

const MEGABYTE = 1024 * 1024;

/** Saves an archive in a new file that this user alone can read. */
async function save(client: GraphqlClient, id: string, file: string): Promise<void> {
  const body = await client.download(`/api/deployments/${id}/data.tar.gz`);
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    await pipeline(body, target);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw usage(`${file} exists already.`);
    throw new CliFailure('DOWNLOAD_FAILED', `The download broke off: ${String(error)}`, {
      hint: `Remove ${file}, and try again.`,
    });
  }
}

/** Prints how much a deployment keeps; downloads it, deletes it, or replaces it by a copy of another deployment's. */
export async function data(shell: Shell, word: string, options: DataOptions): Promise<void> {
  if ([options.clear, options.copyFrom, options.download].filter((one) => one !== undefined).length > 1)
    throw usage('Give one of --clear, --copy-from and --download.');
  const client = await connect(shell);
  const { databaseId: id, name } = await findDeployment(client, word);
  if (options.download !== undefined) {
    const file = options.download === true ? `catwalk-data-${id}.tar.gz` : options.download;
    await save(client, id, file);
    if (shell.json) return printJson(shell, { file });
    return shell.terminal.out.line(`Saved the files of ${oneLine(name)} in ${file}.`);
  }
  const changes = options.clear || options.copyFrom !== undefined;
  if (changes && !options.yes) {
    if (!canAsk(shell)) throw usage('Add --yes to confirm that the kept files are deleted.');
    const answer = await ask(shell, `Delete all files that ${oneLine(name)} keeps? Type its name to confirm: `);
    if (answer.trim() !== name) throw usage('The name was not confirmed.');
  }
  const kept = options.clear
    ? await client.ask(CLEAR_KEPT_DATA, { id })
    : options.copyFrom === undefined
      ? await client.ask(KEPT_DATA, { id })
      : await client.ask(COPY_KEPT_DATA, {
          input: { fromId: (await findDeployment(client, options.copyFrom)).databaseId, toId: id },
        });
  if (shell.json) return printJson(shell, kept);
  const { out } = shell.terminal;
  if (!kept?.data) return out.line(`${oneLine(name)} keeps no files.`);
  const { bytes, limitBytes } = kept.data;
  out.line(
    `${oneLine(name)} keeps ${(bytes / MEGABYTE).toFixed(1)} MB of files; each caller may keep ${limitBytes / MEGABYTE} MB.`,
  );
}
