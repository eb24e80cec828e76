import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { GraphQLError } from 'graphql';
import type PrismaTypes from '#prisma/generated/pothos-types.ts';
import { getDatamodel } from '#prisma/generated/pothos-types.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { GraphqlContext } from './context.ts';
import {
  ConflictError,
  GenericUserError,
  InvalidInputError,
  LimitError,
  NotFoundError,
  UpstreamError,
} from './error-classes.ts';

type SignedIn = GraphqlContext & { actor: Actor };

export type SchemaTypes = {
  PrismaTypes: PrismaTypes;
  Context: GraphqlContext;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  AuthScopes: { signedIn: boolean; write: boolean };
  AuthContexts: { signedIn: SignedIn; write: SignedIn };
  Scalars: {
    DateTime: { Input: Date; Output: Date | string };
    JSON: { Input: unknown; Output: unknown };
  };
};

const capitalize = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Why a field is refused: the caller is signed out, or the API token is read-only. */
function refusal(context: GraphqlContext): GraphQLError {
  return context.actor === null
    ? new GraphQLError('You are not signed in.', {
        extensions: { code: 'UNAUTHENTICATED', hint: 'Sign in, or send an API token as a bearer token.' },
      })
    : new GraphQLError('This API token may only read.', {
        extensions: { code: 'FORBIDDEN', hint: 'Create an API token with the scope WRITE.' },
      });
}

/** Holds no client: queries run on the one of their context. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin, ErrorsPlugin, PrismaPlugin, RelayPlugin],
  defaultFieldNullability: false,
  defaultInputFieldRequiredness: true,
  scopeAuth: {
    authorizeOnSubscribe: true, // otherwise anonymous sockets stay open
    authScopes: ({ actor }) => ({ signedIn: actor !== null, write: actor?.scope === 'WRITE' }),
    unauthorizedError: (_parent, context) => refusal(context),
  },
  errors: {
    directResult: true,
    defaultTypes: [InvalidInputError, NotFoundError, ConflictError, LimitError, UpstreamError, GenericUserError],
    defaultUnionOptions: { name: ({ fieldName }) => `${capitalize(fieldName)}Result` },
  },
  prisma: {
    client: (context) => context.prisma,
    dmmf: getDatamodel(),
    exposeDescriptions: false,
    maxConnectionSize: 200,
    defaultConnectionSize: 20,
  },
  relay: {
    nodeTypeOptions: { description: 'Anything with a global id.' },
    pageInfoTypeOptions: { description: 'The position of a page within its connection.' },
    nodeQueryOptions: {
      description: 'Anything of the viewer by its global id; null when it is not there.',
      args: { id: { description: 'The global id.' } },
    },
    nodesQueryOptions: false,
    idFieldOptions: { description: 'The global id.' },
    firstArgOptions: { description: 'How many to take from the start; 200 at most.' },
    lastArgOptions: { description: 'How many to take from the end; 200 at most.' },
    beforeArgOptions: { description: 'Only those before this cursor.' },
    afterArgOptions: { description: 'Only those after this cursor.' },
    cursorFieldOptions: { description: 'Cursor of this edge, for `after` and `before`.' },
    nodeFieldOptions: { nullable: false, description: 'The item of this edge.' },
    edgesFieldOptions: { nullable: false, description: 'The page, one edge each.' },
    pageInfoFieldOptions: { description: 'The position of this page, with flags for more pages before and after it.' },
    hasNextPageFieldOptions: { description: 'True if there are more items after this page.' },
    hasPreviousPageFieldOptions: { description: 'True if there are more items before this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first edge.' },
    endCursorFieldOptions: { description: 'Cursor of the last edge.' },
    defaultConnectionTypeOptions: { description: 'One page of a longer list.' },
    defaultEdgeTypeOptions: { description: 'One member of a connection.' },
  },
});

builder.queryType({ description: 'All data that can be read.', authScopes: { signedIn: true } });
builder.mutationType({ description: 'All changes that can be made, one intent each.', authScopes: { write: true } });
builder.subscriptionType({ description: 'All changes that can be followed.', authScopes: { signedIn: true } });
