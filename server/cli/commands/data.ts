import { ask, canAsk } from '../ask.ts';
import { connect } from '../connection.ts';
import { usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { CLEAR_KEPT_DATA, COPY_KEPT_DATA, KEPT_DATA } from '../operations/data.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type DataOptions = { clear?: boolean; copyFrom?: string; yes?: boolean };

const MEGABYTE = 1024 * 1024;

/** Prints how much a deployment keeps; deletes it, or replaces it by a copy of another deployment's files. */
export async function data(shell: Shell, word: string, options: DataOptions): Promise<void> {
  if (options.clear && options.copyFrom !== undefined) throw usage('Give --clear or --copy-from, not both.');
  const client = await connect(shell);
  const { databaseId: id, name } = await findDeployment(client, word);
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
