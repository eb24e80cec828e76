import { connect } from '../connection.ts';
import { usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import { BUNDLE, BUNDLES, type BundleRow, CREATE_BUNDLE, UPDATE_BUNDLE } from '../operations/bundles.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type BundlesOptions = {
  create?: string;
  add?: string[];
  remove?: string[];
  slug?: string;
  public?: boolean;
};

type Member = { deploymentId: string; view: string | null; prefix: string | null };

const MEMBER = /^(?:(?<prefix>[^=]+)=)?(?<word>[^=]+?)(?:\/v\/(?<view>[^/]+))?$/;

/** `prefix=deployment/v/view`, of which the deployment alone is needed. */
async function readMember(client: GraphqlClient, text: string): Promise<Member> {
  const { prefix, word, view } = MEMBER.exec(text)?.groups ?? {};
  if (word === undefined) throw usage(`"${text}" names no server. Write [prefix=]<id>[/v/<view>].`);
  const { databaseId } = await findDeployment(client, word);
  return { deploymentId: databaseId, view: view ?? null, prefix: prefix ?? null };
}

const print = ({ terminal }: Shell, bundle: BundleRow) => {
  const { out } = terminal;
  const { tools, tokens } = bundle.bundleEffect;
  out.line(`${oneLine(bundle.name)}  ${bundle.status}  ${tools.length} tools, about ${tokens} tokens`);
  out.line(`  ${bundle.endpointUrl}`);
  out.line(`  ${bundle.endpointUrl.replace(bundle.databaseId, bundle.slug)}`);
  for (const { prefix, name, status, view } of bundle.members)
    out.line(`  ${prefix}_…  ${oneLine(name)}${view === null ? '' : ` (view ${view})`}  ${status}`);
};

/** Lists bundles; makes one; or adds servers to one, takes them away and names it. */
export async function bundles(shell: Shell, word: string | undefined, options: BundlesOptions): Promise<void> {
  const client = await connect(shell);
  const added = await Promise.all((options.add ?? []).map((text) => readMember(client, text)));
  if (options.create !== undefined) {
    if (word !== undefined || options.remove !== undefined)
      throw usage('--create makes a new bundle: name its servers with --add.');
    const input = {
      name: options.create,
      members: added,
      ...(options.slug === undefined ? {} : { slug: options.slug }),
      ...(options.public ? { access: 'PUBLIC' } : {}),
    };
    const { accessToken, deployment } = await client.ask(CREATE_BUNDLE, { input });
    if (shell.json) return printJson(shell, { accessToken, deployment });
    print(shell, deployment);
    if (accessToken !== null) shell.terminal.out.line(`  token (shown once): ${accessToken}`);
    return;
  }
  if (word === undefined) {
    if (added.length > 0 || options.remove !== undefined || options.slug !== undefined)
      throw usage('Name the bundle to change, or make one with --create <name>.');
    const all = await client.ask(BUNDLES, {});
    if (shell.json) return printJson(shell, all);
    if (all.length === 0) return shell.terminal.out.line('No bundles. Make one with --create <name> --add <id>…');
    for (const bundle of all) print(shell, bundle);
    return;
  }
  const { databaseId: id } = await findDeployment(client, word);
  const present = await client.ask(BUNDLE, { id });
  if (present === null || !present.isBundle) throw usage(`"${word}" is not a bundle.`);
  const removed = options.remove ?? [];
  for (const prefix of removed)
    if (!present.members.some((member) => member.prefix === prefix))
      throw usage(`The bundle has no server with the prefix "${prefix}".`);
  if (added.length === 0 && removed.length === 0 && options.slug === undefined)
    return shell.json ? printJson(shell, present) : print(shell, present);
  const kept = present.members
    .filter(({ prefix }) => !removed.includes(prefix))
    .map(({ databaseId, view, prefix }) => ({ deploymentId: databaseId, view, prefix }));
  const input = {
    id,
    ...(options.slug === undefined ? {} : { slug: options.slug }),
    members: [...kept, ...added],
  };
  const changed = await client.ask(UPDATE_BUNDLE, { input });
  return shell.json ? printJson(shell, changed) : print(shell, changed);
}
