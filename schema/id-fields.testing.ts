import type { GraphQLArgument, GraphQLField, GraphQLInputType } from 'graphql';
import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  getNamedType,
  isLeafType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { schema } from './schema.ts';

/** Kinds of objects with an owner. */
export type Owned = keyof typeof TYPES;

/** The row that an id of a field stands for. A field that takes an id and is not here fails the walk below. */
export const SUBJECTS: Record<string, Owned> = {
  'Query.deployment': 'deployment',
  'Query.analysis': 'analysis',
  'Query.auditEvents': 'deployment',
  'Query.connectedClients': 'deployment',
  'Query.machineClients': 'deployment',
  'Query.consentRequest': 'deployment',
  'Query.personalValues': 'deployment',
  'Query.diagnose': 'deployment',
  'Mutation.deploy': 'analysis',
  'Mutation.startTrial': 'analysis',
  'Mutation.redeploy': 'deployment',
  'Mutation.rollback': 'deployment',
  'Mutation.startDeployment': 'deployment',
  'Mutation.stopDeployment': 'deployment',
  'Mutation.restartDeployment': 'deployment',
  'Mutation.testCredentials': 'deployment',
  'Mutation.createBundle': 'deployment',
  'Mutation.updateBundle': 'deployment',
  'Mutation.deleteDeployment': 'deployment',
  'Mutation.updateCredentials': 'deployment',
  'Mutation.updateDeployment': 'deployment',
  'Mutation.approveDefinitions': 'deployment',
  'Mutation.setDefinitionPolicy': 'deployment',
  'Mutation.connectRemote': 'deployment',
  'Mutation.disconnectRemote': 'deployment',
  'Mutation.clearData': 'deployment',
  'Mutation.copyData': 'deployment',
  'Mutation.saveView': 'deployment',
  'Mutation.publishPage': 'deployment',
  'Mutation.withdrawPage': 'deployment',
  'Mutation.deleteView': 'view',
  'Mutation.renameView': 'view',
  'Mutation.createAccessToken': 'deployment',
  'Mutation.revokeAccessToken': 'accessToken',
  'Mutation.revokeApiToken': 'apiToken',
  'Mutation.createPlaygroundToken': 'deployment',
  'Mutation.endSession': 'session',
  'Mutation.createMemberLink': 'member',
  'Mutation.lockMember': 'member',
  'Mutation.unlockMember': 'member',
  'Mutation.deleteMember': 'member',
  'Mutation.disconnectClient': 'connectedClient',
  'Mutation.createMachineClient': 'deployment',
  'Mutation.revokeMachineClient': 'machineClient',
  'Mutation.shareDeployment': 'deployment',
  'Mutation.unshareDeployment': 'share',
  'Mutation.renameTeam': 'team',
  'Mutation.deleteTeam': 'team',
  'Mutation.addTeamMember': 'team',
  'Mutation.removeTeamMember': 'team',
  'Mutation.setPersonalCredentials': 'deployment',
  'Mutation.removePersonalCredentials': 'deployment',
  'Mutation.allowClient': 'deployment',
  'Mutation.denyClient': 'deployment',
  'Subscription.deploymentStatus': 'deployment',
  'Subscription.deploymentLogs': 'deployment',
  'Subscription.deploymentCalls': 'deployment',
  'Subscription.analysisProgress': 'analysis',
};
/** The response of a list without matches. */
export const EMPTY: Record<string, unknown> = {
  'Query.auditEvents': { edges: [] },
  'Query.connectedClients': [],
  'Query.machineClients': [],
  'Query.diagnose': [],
};
export const TYPES = {
  deployment: 'Deployment',
  release: 'Release',
  accessToken: 'AccessToken',
  apiToken: 'ApiToken',
  analysis: 'Analysis',
  connectedClient: 'ConnectedClient',
  machineClient: 'MachineClient',
  session: 'Session',
  member: 'Member',
  share: 'Share',
  team: 'Team',
  view: 'View',
} as const;
/** Kinds that are no node: they are read with what they belong to. */
export const NO_NODES: readonly Owned[] = ['member', 'share', 'team'];
/** Nodes without an owner: entries of public registries. */
export const PUBLIC_NODES = ['RegistryServer'];
/** Fields that a signed-out caller can read. */
export const PUBLIC_FIELDS = ['Query.viewer', 'Query.installation'];

export type Subject = { parent: string; field: GraphQLField<unknown, unknown> };

export const takesId = (argument: { name: string; type: GraphQLInputType }): boolean => {
  const type = getNamedType(argument.type);
  if (type instanceof GraphQLInputObjectType) return Object.values(type.getFields()).some(takesId);
  return type.name === 'ID' && argument.name !== 'candidate';
};

export const roots: Subject[] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (type) => (type ? Object.values(type.getFields()).map((field) => ({ parent: type.name, field })) : []),
);
export const walk = roots.filter(
  ({ parent, field }) => field.args.some(takesId) && `${parent}.${field.name}` !== 'Query.node',
);

/** A value for an argument: the id where one is asked for, the text elsewhere. */
function valueFor(type: GraphQLInputType, id: string, text: string): unknown {
  const named = getNamedType(type);
  if (named instanceof GraphQLInputObjectType) {
    return Object.fromEntries(
      Object.values(named.getFields())
        .filter(
          (field) => isRequiredInputField(field) || (field.name === 'id' && takesId(field)) || field.name === 'person',
        )
        .map((field) => [field.name, valueFor(field.type, id, text)]),
    );
  }
  if (named instanceof GraphQLEnumType) return named.getValues()[0]?.name;
  return named.name === 'ID' ? id : text;
}

/** An operation that calls the field with an id, and selects as little as it can. */
export function operationFor({ parent, field }: Subject, id: string, text = 'x') {
  const args = field.args.filter((argument: GraphQLArgument) => isRequiredArgument(argument) || takesId(argument));
  const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const passed = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const bracketed = (list: string) => (list === '' ? '' : `(${list})`);
  const leaf = isLeafType(getNamedType(field.type))
    ? ''
    : field.name === 'auditEvents'
      ? '{ edges { node { id } } }'
      : '{ __typename }';
  return {
    query: `${parent.toLowerCase()} Walk${bracketed(declared)} { it: ${field.name}${bracketed(passed)} ${leaf} }`,
    variables: Object.fromEntries(args.map(({ name, type }) => [name, valueFor(type, id, text)])),
  };
}
