import { usage } from '../failure.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import type { Deployed } from '../operations/manifest.ts';
import { oneLine } from '../printable.ts';
import { getDeployed, listOwn, named } from './deployed.ts';
import type { Manifest } from './manifest.ts';
import type { Present } from './plan.ts';

/** Reads what the server has of the names in a file. @throws CliFailure for a name that means something else there. */
export async function loadPresent(client: GraphqlClient, manifest: Manifest): Promise<Present> {
  const own = await listOwn(client);
  const { deployments, bundles, absent } = manifest;
  const members = Object.values(bundles).flatMap((bundle) => bundle.members.map(({ deployment }) => deployment));
  const ofViews = absent.views.map((text) => text.slice(0, text.lastIndexOf('/')));
  const names = new Set([...Object.keys(deployments), ...Object.keys(bundles), ...members, ...ofViews]);
  const deployed = new Map<string, Deployed>();
  for (const name of names) {
    const found = named(own, name);
    if (found) deployed.set(name, await getDeployed(client, found.databaseId));
  }
  for (const name of Object.keys(deployments))
    if (deployed.get(name)?.isBundle) throw usage(`“${oneLine(name)}” is a bundle on the server.`, 'Use another name.');
  for (const name of Object.keys(bundles))
    if (deployed.get(name)?.isBundle === false)
      throw usage(`“${oneLine(name)}” is a deployment on the server, and no bundle.`, 'Use another name.');
  for (const name of members)
    if (!Object.hasOwn(deployments, name) && !deployed.has(name))
      throw usage(
        `There is no deployment “${oneLine(name)}”, which a bundle has as a member.`,
        'Describe the deployment in the file, or correct its name.',
      );
  return { own, deployed };
}
