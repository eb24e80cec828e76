import type { GraphQLArgument, GraphQLField, GraphQLInputType } from 'graphql';
import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  getNamedType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDeployment, openTestApp, type TestApp } from '#server/app.testing.ts';
import { schema } from './schema.ts';

let rig: TestApp;
let mine: {
  deployment: string;
  release: string;
  accessToken: string;
  apiToken: string;
  analysis: string;
  connectedClient: string;
};
let owner: { token: string; id: string; tokenId: string };
let other: { token: string };

beforeAll(async () => {
  rig = await openTestApp();
  owner = await rig.addUser('ann');
  other = await rig.addUser('bob');
  const { id, releaseId, accessTokenId } = await addDeployment(rig.prisma, owner.id);
  await rig.prisma.deployment.update({ where: { id }, data: { access: 'OAUTH' } });
  const client = { id: 'client', source: 'REGISTRATION', name: 'Client' } as const;
  const connection = await rig.prisma.oAuthConnection.create({
    data: {
      deployment: { connect: { id } },
      user: { connect: { id: owner.id } },
      client: { create: client },
      grants: { create: { expiresAt: new Date(Date.now() + 3_600_000) } },
    },
  });
  const analysis = await rig.prisma.analysis.create({
    data: { ownerId: owner.id, source: 's', normalizedSource: 's', status: 'DONE', expiresAt: new Date() },
  });
  mine = {
    deployment: id,
    release: releaseId,
    accessToken: accessTokenId,
    apiToken: owner.tokenId,
    analysis: analysis.id,
    connectedClient: connection.id,
  };
});
afterAll(() => rig?.close());

/** Which row an id of a field stands for. A field that takes an id and is not here fails the walk below. */
const SUBJECTS: Record<string, keyof typeof mine> = {
  'Query.deployment': 'deployment',
  'Query.analysis': 'analysis',
  'Query.auditEvents': 'deployment',
  'Query.connectedClients': 'deployment',
  'Query.consentRequest': 'deployment',
  'Query.diagnose': 'deployment',
  'Mutation.deploy': 'analysis',
  'Mutation.redeploy': 'deployment',
  'Mutation.rollback': 'deployment',
  'Mutation.startDeployment': 'deployment',
  'Mutation.stopDeployment': 'deployment',
  'Mutation.restartDeployment': 'deployment',
  'Mutation.deleteDeployment': 'deployment',
  'Mutation.updateCredentials': 'deployment',
  'Mutation.updateDeployment': 'deployment',
  'Mutation.createAccessToken': 'deployment',
  'Mutation.revokeAccessToken': 'accessToken',
  'Mutation.revokeApiToken': 'apiToken',
  'Mutation.createPlaygroundToken': 'deployment',
  'Mutation.disconnectClient': 'connectedClient',
  'Mutation.allowClient': 'deployment',
  'Mutation.denyClient': 'deployment',
  'Subscription.deploymentStatus': 'deployment',
  'Subscription.deploymentLogs': 'deployment',
  'Subscription.analysisProgress': 'analysis',
};
/** What a list says of what is not there. */
const EMPTY: Record<string, unknown> = {
  'Query.auditEvents': { edges: [] },
  'Query.connectedClients': [],
  'Query.diagnose': [],
};
const TYPES = {
  deployment: 'Deployment',
  release: 'Release',
  accessToken: 'AccessToken',
  apiToken: 'ApiToken',
  analysis: 'Analysis',
  connectedClient: 'ConnectedClient',
} as const;

type Subject = { parent: string; field: GraphQLField<unknown, unknown> };

const takesId = (argument: { name: string; type: GraphQLInputType }): boolean => {
  const type = getNamedType(argument.type);
  if (type instanceof GraphQLInputObjectType) return Object.values(type.getFields()).some(takesId);
  return type.name === 'ID' && argument.name !== 'candidate';
};

const walk: Subject[] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  .flatMap((type) => (type ? Object.values(type.getFields()).map((field) => ({ parent: type.name, field })) : []))
  .filter(({ parent, field }) => field.args.some(takesId) && `${parent}.${field.name}` !== 'Query.node');

/** A value for an argument: the id where one is asked for, something harmless elsewhere. */
function valueFor(type: GraphQLInputType, id: string): unknown {
  const named = getNamedType(type);
  if (named instanceof GraphQLInputObjectType) {
    return Object.fromEntries(
      Object.values(named.getFields())
        .filter((field) => isRequiredInputField(field) || (field.name === 'id' && takesId(field)))
        .map((field) => [field.name, valueFor(field.type, id)]),
    );
  }
  if (named instanceof GraphQLEnumType) return named.getValues()[0]?.name;
  return named.name === 'ID' ? id : 'x';
}

function operationFor({ parent, field }: Subject, id: string) {
  const args = field.args.filter((argument: GraphQLArgument) => isRequiredArgument(argument) || takesId(argument));
  const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const passed = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const leaf = field.name === 'auditEvents' ? '{ edges { node { id } } }' : '{ __typename }';
  return {
    query: `${parent.toLowerCase()} Walk(${declared}) { it: ${field.name}(${passed}) ${leaf} }`,
    variables: Object.fromEntries(args.map(({ name, type }) => [name, valueFor(type, id)])),
  };
}

const idsOf = (subject: keyof typeof mine) => [
  mine[subject],
  Buffer.from(`${TYPES[subject]}:${mine[subject]}`).toString('base64'),
];

test('covers every field that takes an id', () => {
  expect(walk.map(({ parent, field }) => `${parent}.${field.name}`).sort()).toEqual(Object.keys(SUBJECTS).sort());
});

describe.each(walk.map((subject) => [`${subject.parent}.${subject.field.name}`, subject] as const))(
  '%s',
  (name, subject) => {
    const ask = async (token: string | null, id: string) => {
      const { query, variables } = operationFor(subject, id);
      if (subject.parent !== 'Subscription') return rig.ask(token, query, variables);
      const stream = rig.follow(token, query, variables);
      try {
        const first = await stream.next();
        return first.value ?? { data: null };
      } catch (errors) {
        return { data: null, errors };
      } finally {
        await stream.return?.();
      }
    };
    const subjectOf = () => SUBJECTS[name] ?? 'deployment';

    test('is as if it were not there, for somebody else', async () => {
      for (const id of idsOf(subjectOf())) {
        const { data, errors } = await ask(other.token, id);
        if (subject.parent === 'Query') {
          expect(errors).toBeUndefined();
          expect(data).toEqual({ it: EMPTY[name] ?? null });
        } else if (subject.parent === 'Mutation') {
          expect(data).toEqual({ it: { __typename: 'NotFoundError' } });
        } else {
          expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
        }
      }
    });

    test('refuses nobody by name', async () => {
      const [id = ''] = idsOf(subjectOf());
      expect(await ask(null, id)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    });
  },
);

test('node finds what is the viewer’s own and nothing else', async () => {
  const query = 'query ($id: ID!) { node(id: $id) { __typename } }';
  for (const subject of Object.keys(mine) as (keyof typeof mine)[]) {
    const [, id] = idsOf(subject);
    expect((await rig.ask(owner.token, query, { id })).data).toEqual({ node: { __typename: TYPES[subject] } });
    expect(await rig.ask(other.token, query, { id })).toEqual({ data: { node: null } });
  }
});

test('nothing was changed by those who may not', async () => {
  const row = await rig.prisma.deployment.findUniqueOrThrow({ where: { id: mine.deployment } });
  expect(row).toMatchObject({ generation: 1, desired: 'RUNNING', status: 'RUNNING' });
  expect(await rig.prisma.accessToken.count({ where: { deploymentId: mine.deployment, revokedAt: null } })).toBe(1);
});
