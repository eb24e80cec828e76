import type { RegistryQuery } from '#server/domain/registry/search.ts';
import type { RegistryPage, SyncState } from '#server/domain/registry/service.ts';
import { builder } from '../builder.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { RegistryServerType, RegistrySourceEnum } from './server.ts';

const PAGE_DEFAULT = 20;
const PAGE_MAX = 100;
const SEARCH_CHARACTERS_MAX = 200;

const RegistrySortEnum = builder.enumType('RegistrySort', {
  description: 'The order in which servers are listed.',
  values: {
    RELEVANCE: { description: 'Best match for the words first; newest first without words.' },
    NEWEST: { description: 'Most recently published version first.' },
    NAME: { description: 'By title, from A to Z.' },
  } satisfies Record<RegistryQuery['sort'], unknown>,
});

type ConnectionShape = { query: RegistryQuery; page: RegistryPage; isFirst: boolean };

const RegistryServerEdge = builder
  .objectRef<{ sort: RegistryQuery['sort']; server: RegistryPage['servers'][number] }>('RegistryServerEdge')
  .implement({
    description: 'One member of a connection.',
    fields: (t) => ({
      cursor: t.string({
        description: 'Cursor of this edge, for `after`.',
        resolve: ({ sort, server }) => encodeCursor(sort, server.position),
      }),
      node: t.field({
        type: RegistryServerType,
        description: 'The item of this edge.',
        resolve: ({ server }) => server.row,
      }),
    }),
  });

const RegistryServerConnection = builder.objectRef<ConnectionShape>('RegistryServerConnection').implement({
  description: 'One page of a longer list.',
  fields: (t) => ({
    edges: t.field({
      type: [RegistryServerEdge],
      description: 'The page, one edge each.',
      resolve: ({ query, page }) => page.servers.map((server) => ({ sort: query.sort, server })),
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'The position of this page, with flags for more pages before and after it.',
      resolve: ({ query, page, isFirst }) => {
        const cursorOf = (at: number) => {
          const position = page.servers.at(at)?.position;
          return position ? encodeCursor(query.sort, position) : null;
        };
        return {
          hasNextPage: page.hasMore,
          hasPreviousPage: !isFirst,
          startCursor: cursorOf(0),
          endCursor: cursorOf(-1),
        };
      },
    }),
    totalCount: t.int({
      description: 'How many there are on all pages.',
      resolve: ({ query }, _args, { services }) => services.registry.count(query),
    }),
  }),
});

export const RegistrySyncType = builder.objectRef<SyncState>('RegistrySync').implement({
  description: 'How fresh the copy of one source is. Browsing works while the source is away.',
  fields: (t) => ({
    source: t.expose('source', { type: RegistrySourceEnum, description: 'The source.' }),
    running: t.exposeBoolean('running', { description: 'True while it is being read.' }),
    read: t.exposeInt('read', { description: 'Entries read so far by the reading under way.' }),
    listed: t.exposeInt('listed', { description: 'Servers listed.' }),
    lastSuccessAt: t.expose('lastSuccessAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last read to its end.',
    }),
    nextAt: t.expose('nextAt', { type: 'DateTime', nullable: true, description: 'When it is read next.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why the last reading failed, in one sentence.' }),
  }),
});

builder.queryFields((t) => ({
  registryServers: t.withAuth({ signedIn: true }).field({
    type: RegistryServerConnection,
    description: 'Servers that registries list.',
    args: {
      search: t.arg.string({
        required: false,
        description: 'Only those whose name, title, publisher, package or description has all these words.',
      }),
      sort: t.arg({
        type: RegistrySortEnum,
        defaultValue: 'RELEVANCE',
        required: false,
        description: 'Order of the list.',
      }),
      deployable: t.arg.boolean({
        required: false,
        defaultValue: false,
        description: 'Only those that Catwalk can deploy.',
      }),
      first: t.arg.int({ required: false, description: 'How many to take; 20 by default, 100 at most.' }),
      after: t.arg.string({ required: false, description: 'Only those after this cursor.' }),
    },
    resolve: async (_root, args, { services }): Promise<ConnectionShape> => {
      const query: RegistryQuery = {
        text: (args.search ?? '').slice(0, SEARCH_CHARACTERS_MAX),
        sort: args.sort ?? 'RELEVANCE',
        deployableOnly: args.deployable ?? false,
      };
      const after = args.after ? decodeCursor(query.sort, args.after) : null;
      const first = Math.min(Math.max(args.first ?? PAGE_DEFAULT, 0), PAGE_MAX);
      return { query, page: await services.registry.page(query, { after, first }), isFirst: after === null };
    },
  }),
  registryServer: t.withAuth({ signedIn: true }).prismaField({
    type: RegistryServerType,
    nullable: true,
    description: 'A listed server by its name; null when none is listed under it.',
    args: { name: t.arg.string({ description: 'Such as io.github.owner/server.' }) },
    resolve: (query, _root, { name }, { prisma }) => prisma.registryServer.findUnique({ ...query, where: { name } }),
  }),
  registrySync: t.withAuth({ signedIn: true }).field({
    type: [RegistrySyncType],
    description: 'How fresh the copy of each source is.',
    resolve: (_root, _args, { services }) => services.registry.syncStates(),
  }),
}));
