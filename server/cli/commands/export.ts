import { stringify } from 'yaml';
import { getDeployed, listOwn, named } from '../apply/deployed.ts';
import { exportManifest } from '../apply/export-manifest.ts';
import { connect } from '../connection.ts';
import { usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { printJson, type Shell } from '../shell.ts';

/** Prints deployments and bundles as a file for `catwalk apply`: one, with the servers of a bundle, or all. */
export async function exportDeployments(
  shell: Shell,
  word: string | undefined,
  { all = false }: { all?: boolean },
): Promise<void> {
  if (all === (word !== undefined)) throw usage('Name a deployment to export, or use --all.');
  const client = await connect(shell);
  const own = await listOwn(client);
  const ids = new Set(word === undefined ? own.map(({ databaseId }) => databaseId) : []);
  if (word !== undefined) ids.add((await findDeployment(client, word)).databaseId);
  const found = [];
  // a bundle adds its members to the set while it is read
  for (const id of ids) {
    const deployed = await getDeployed(client, id);
    for (const member of deployed.members) ids.add(member.databaseId);
    found.push(deployed);
  }
  for (const { name } of found) named(own, name);
  const manifest = exportManifest(found);
  if (shell.json) return printJson(shell, manifest);
  shell.terminal.out.write(stringify(manifest));
}
