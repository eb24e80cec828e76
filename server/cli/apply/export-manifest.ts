import type { Deployed } from '../operations/manifest.ts';
import { isApplyTag } from './manifest.ts';
import { HIDDEN, referenceTo } from './reference.ts';
import { withoutDefaults } from './rules.ts';

const VERSIONED = ['NPM', 'PYPI'];

const lower = (constant: string): string => constant.toLowerCase().replaceAll('_', '-');
const upper = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');

/**
 * What a file says of deployments and bundles. Secrets are named by environment variables: by the name of the
 * credential; with the name of the deployment before it, if several deployments have one of that name.
 */
export function exportManifest(all: readonly Deployed[]): Record<string, unknown> {
  const servers = all.filter(({ isBundle }) => !isBundle);
  const bundles = all.filter(({ isBundle }) => isBundle);
  const names = servers.flatMap(secretsOf);
  const variable = (deployed: Deployed) => (secret: string) => {
    const isShared = names.filter((one) => one === secret).length > 1;
    return referenceTo(upper(isShared ? `${deployed.name}_${secret}` : secret));
  };
  return {
    version: 1,
    deployments: Object.fromEntries(servers.map((one) => [one.name, deploymentOf(one, variable(one))])),
    ...(bundles.length === 0 ? {} : { bundles: Object.fromEntries(bundles.map((one) => [one.name, bundleOf(one)])) }),
  };
}

const credentialsOf = ({ credentialsSet, personalFields }: Deployed): string[] => [
  ...new Set([...credentialsSet, ...personalFields]),
];
const secretsOf = (deployed: Deployed): string[] => [
  ...credentialsOf(deployed),
  ...deployed.argumentValues.filter(({ value }) => value === HIDDEN).map(({ name }) => name),
];

function deploymentOf(deployed: Deployed, variable: (secret: string) => string): Record<string, unknown> {
  const { source, access, isolation, region, memoryMb, processor, sleepAfterMinutes, answersWhileAsleep } = deployed;
  const { egress, tags, argumentValues, extraArguments, personalFields, views, targetRelease } = deployed;
  const values = Map.groupBy(argumentValues, ({ name }) => name);
  const shown = ({ name, value }: { name: string; value: string }) => (value === HIDDEN ? variable(name) : value);
  const ownTags = tags.filter((tag) => !isApplyTag(tag));
  const isVersioned = targetRelease !== null && VERSIONED.includes(targetRelease.runtime);
  const credentials = credentialsOf(deployed);
  return {
    source,
    slug: deployed.slug,
    ...(isVersioned && targetRelease.package !== source ? { candidate: targetRelease.package } : {}),
    ...(isVersioned ? { version: targetRelease.version } : {}),
    access: lower(access),
    isolation: lower(isolation),
    region,
    memory: memoryMb,
    processor,
    sleep: sleepAfterMinutes ?? 'off',
    streams: answersWhileAsleep ? 'park' : 'hold',
    egress: { policy: lower(egress.policy), ...(egress.hosts.length === 0 ? {} : { hosts: egress.hosts }) },
    ...(ownTags.length === 0 ? {} : { tags: ownTags }),
    ...(argumentValues.length === 0
      ? {}
      : {
          arguments: Object.fromEntries(
            [...values].map(([name, list]) => [name, list.length === 1 ? list.map(shown)[0] : list.map(shown)]),
          ),
        }),
    ...(extraArguments.length === 0
      ? {}
      : {
          extraArguments: extraArguments.map((word, at) =>
            word === HIDDEN ? referenceTo(upper(`${deployed.name}_argument_${at + 1}`)) : word,
          ),
        }),
    ...(credentials.length === 0
      ? {}
      : { credentials: Object.fromEntries(credentials.map((name) => [name, variable(name)])) }),
    ...(personalFields.length === 0 ? {} : { personal: personalFields }),
    ...(views.length === 0
      ? {}
      : { views: Object.fromEntries(views.map(({ name, rules }) => [name, withoutDefaults(rules)])) }),
  };
}

const bundleOf = ({ slug, access, members }: Deployed): Record<string, unknown> => ({
  slug,
  access: lower(access),
  members: members.map(({ name, view, prefix }) => ({ deployment: name, ...(view === null ? {} : { view }), prefix })),
});
