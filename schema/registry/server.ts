import type * as enums from '#prisma/generated/client/enums.ts';
import { deployabilityOf, sourceOf } from '#server/domain/registry/deployability.ts';
import { iconsOfEntry, parseStoredEntry, type RegistryPackage, readEntry } from '#server/domain/registry/entry.ts';
import { type Publisher, publisherOf } from '#server/domain/registry/publisher.ts';
import type { ListedVersion } from '#server/domain/registry/versions.ts';
import { builder } from '../builder.ts';

export const RegistrySourceEnum = builder.enumType('RegistrySource', {
  description: 'The source that lists a server.',
  values: {
    MCP_REGISTRY: { description: 'The MCP registry, which checks who owns a name.' },
    DIRECTORY: { description: 'A directory, which checks nothing.' },
  } satisfies Record<enums.RegistrySource, unknown>,
});

const RegistryStatusEnum = builder.enumType('RegistryStatus', {
  description: 'The status that the publisher gives a server.',
  values: {
    ACTIVE: { description: 'The registry lists the server.' },
    DEPRECATED: { description: 'The publisher advises against using the server.' },
    DELETED: { description: 'The registry no longer lists the server.' },
  } satisfies Record<enums.RegistryStatus, unknown>,
});

const RegistryVariableType = builder.objectRef<RegistryPackage['variables'][number]>('RegistryVariable').implement({
  description: 'An environment variable that a package reads.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The variable.' }),
    description: t.exposeString('description', { nullable: true, description: 'Purpose of the variable.' }),
    required: t.exposeBoolean('required', { description: 'True if the server needs it.' }),
    secret: t.exposeBoolean('secret', { description: 'True if its value must be kept secret.' }),
  }),
});

const RegistryPackageType = builder.objectRef<RegistryPackage>('RegistryPackage').implement({
  description: 'A package that a server is published as.',
  fields: (t) => ({
    type: t.exposeString('type', { description: 'npm, pypi, oci, nuget, mcpb or other.' }),
    identifier: t.exposeString('identifier', { description: 'Name of the package in its index.' }),
    version: t.exposeString('version', { nullable: true, description: 'The version that the entry names.' }),
    transport: t.exposeString('transport', { nullable: true, description: 'stdio when the entry does not say.' }),
    url: t.exposeString('url', { nullable: true, description: 'Page that describes the package: http or https.' }),
    variables: t.expose('variables', {
      type: [RegistryVariableType],
      description: 'Environment variables that the package reads.',
    }),
  }),
});

const RegistryRemoteType = builder.objectRef<{ type: string; url: string }>('RegistryRemote').implement({
  description: 'An address at which the server already runs.',
  fields: (t) => ({
    type: t.exposeString('type', { description: 'streamable-http or sse.' }),
    url: t.exposeString('url', { description: 'The address, which may hold {placeholders}.' }),
  }),
});

const RegistryRepositoryType = builder
  .objectRef<{ url: string; subfolder: string | null }>('RegistryRepository')
  .implement({
    description: 'The repository with the code of a server.',
    fields: (t) => ({
      url: t.exposeString('url', { description: 'http or https.' }),
      subfolder: t.exposeString('subfolder', { nullable: true, description: 'The folder of the server in it.' }),
    }),
  });

const RegistryVersionType = builder.objectRef<ListedVersion>('RegistryVersion').implement({
  description: 'A version of a server.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'As the publisher wrote it.' }),
    status: t.expose('status', { type: RegistryStatusEnum, description: 'Status that the publisher gives it.' }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', nullable: true, description: 'When it was published.' }),
    isLatest: t.exposeBoolean('isLatest', { description: 'True for the newest version.' }),
  }),
});

const PublisherKindEnum = builder.enumType('RegistryPublisherKind', {
  description: 'How the registry made sure of a publisher.',
  values: {
    GITHUB: { description: 'The publisher signed in with the GitHub account.' },
    DOMAIN: { description: 'The publisher proved that the domain is theirs.' },
  },
});

const RegistryPublisherType = builder.objectRef<Publisher>('RegistryPublisher').implement({
  description: 'The verified owner of a name, as the MCP registry checked it. It does not vouch for the server itself.',
  fields: (t) => ({
    kind: t.expose('kind', { type: PublisherKindEnum, description: 'Way in which the publisher was verified.' }),
    name: t.exposeString('name', { description: 'The GitHub account or the domain.' }),
  }),
});

/** Every signed-in user may read registry entries: they have no owner. */
export const RegistryServerType = builder.prismaNode('RegistryServer', {
  description: 'A server that a registry lists, in its newest version. Its texts are its publisher’s, not ours.',
  id: { field: 'name', description: 'The global id.' },
  nullable: true,
  findUnique: (name, { actor }) => ({ name: actor === null ? '' : name }),
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Name of the server in the registry, such as io.github.owner/server.',
    }),
    source: t.expose('source', { type: RegistrySourceEnum, description: 'Source that lists it.' }),
    title: t.exposeString('title', { description: 'For people to read.' }),
    description: t.exposeString('description', { description: 'Purpose of the server, in the publisher’s words.' }),
    version: t.exposeString('version', { nullable: true, description: 'The newest version.' }),
    status: t.expose('status', { type: RegistryStatusEnum, description: 'Status that the publisher gives it.' }),
    statusMessage: t.exposeString('statusMessage', {
      nullable: true,
      description: 'Reason why the server was deprecated or removed, or null if none was given.',
    }),
    publishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When this version was published; null when the source does not say.',
      resolve: ({ publishedAt }) => (publishedAt.getTime() === 0 ? null : publishedAt),
    }),
    publisher: t.field({
      type: RegistryPublisherType,
      nullable: true,
      description: 'Verified owner of the name, or null if it was not checked.',
      resolve: ({ source, name }) => (source === 'MCP_REGISTRY' ? publisherOf(name) : null),
    }),
    packages: t.field({
      type: [RegistryPackageType],
      description: 'Packages that it is published as.',
      resolve: ({ entry }) => readEntry(parseStoredEntry(entry)).packages,
    }),
    remotes: t.field({
      type: [RegistryRemoteType],
      description: 'Addresses at which it already runs.',
      resolve: ({ entry }) => readEntry(parseStoredEntry(entry)).remotes,
    }),
    repository: t.field({
      type: RegistryRepositoryType,
      nullable: true,
      description: 'Repository with its code.',
      resolve: ({ entry }) => readEntry(parseStoredEntry(entry)).repository,
    }),
    websiteUrl: t.string({
      nullable: true,
      description: 'Home page of the server: http or https.',
      resolve: ({ entry }) => readEntry(parseStoredEntry(entry)).websiteUrl,
    }),
    listingUrl: t.string({
      nullable: true,
      description: 'Page of the server in the directory: http or https.',
      resolve: ({ entry }) => readEntry(parseStoredEntry(entry)).listingUrl,
    }),
    license: t.string({
      nullable: true,
      description: 'License of the server, or null if the source names none.',
      resolve: ({ entry }) => parseStoredEntry(entry).license,
    }),
    iconUrl: t.string({
      nullable: true,
      description:
        'Path of the icon that the entry declares, for browsers that are signed in; null without one. `theme=dark` in the query selects the icon for dark pages.',
      resolve: ({ name, entry, version }) =>
        iconsOfEntry(entry).length > 0
          ? `/api/icons/registry?${new URLSearchParams({ name, version: version ?? '' })}`
          : null,
    }),
    deployable: t.exposeBoolean('deployable', {
      description: 'True if Catwalk can deploy it, judged by its entry.',
    }),
    notDeployableReason: t.string({
      nullable: true,
      description: 'Why not, in one sentence.',
      resolve: ({ entry, status }) => deployabilityOf(readEntry(parseStoredEntry(entry)), status).reason,
    }),
    analyzeSource: t.string({
      nullable: true,
      description: 'Source to pass to `analyze` for it.',
      resolve: ({ name, source, entry }) =>
        sourceOf(name, readEntry(parseStoredEntry(entry)), source === 'MCP_REGISTRY'),
    }),
    versions: t.field({
      type: [RegistryVersionType],
      description: 'Versions of the server, newest first; only the newest while the registry does not answer.',
      resolve: (row, _args, { services }) => services.registry.versions(row),
    }),
  }),
});
