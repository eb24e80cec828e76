import {
  classifyChanges,
  DEFINITION_EFFECTS,
  type DefinitionChange,
  type DefinitionEffect,
} from '#server/domain/deployments/definitions/classify.ts';
import { parseDefinitions } from '#server/domain/deployments/definitions/definitions.ts';
import { type SuspiciousFinding, visible } from '#server/domain/deployments/definitions/find-suspicious.ts';
import { notFound } from '#server/domain/errors.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DefinitionPolicyEnum } from '../enums.ts';
import { requireUuid } from '../ids.ts';
import { DeploymentType } from './deployment.ts';
import { CapabilityKindEnum, ChangeKindEnum, FieldChangeType } from './release-changes.ts';

const EFFECTS: Readonly<Record<DefinitionEffect, { description: string }>> = {
  ADDED: { description: 'The definition is new.' },
  REMOVED: { description: 'The server no longer offers it.' },
  NARROWED: { description: 'A call that fitted may be refused, or a change that is not understood.' },
  WIDENED: { description: 'More calls fit, and each that fitted still does.' },
  ANNOTATIONS: { description: 'A hint that clients act on changed, such as that a tool only reads.' },
  REWORDED: { description: 'A text that models read was written again.' },
  WORDING: { description: 'A title changed, or a few words of a text.' },
  SUSPICIOUS: { description: 'A text hides something, steers the model, or speaks of other tools or of secrets.' },
};

const DefinitionEffectEnum = builder.enumType('DefinitionEffect', {
  description: 'Kind of difference between the agreed definition and the one that the server offers.',
  values: Object.fromEntries(DEFINITION_EFFECTS.map((effect) => [effect, EFFECTS[effect]])) as typeof EFFECTS, // the same names
});

const SuspiciousFindingType = builder.objectRef<SuspiciousFinding>('SuspiciousFinding').implement({
  description: 'A suspicious piece of a text.',
  fields: (t) => ({
    rule: t.exposeString('rule', { description: 'Name of the rule that found it, such as ZERO_WIDTH.' }),
    text: t.exposeString('text', { description: 'The rest of a sentence about the text: `holds characters that …`.' }),
    at: t.exposeString('at', { description: 'JSON pointer into the definition.' }),
    excerpt: t.exposeString('excerpt', {
      description: 'The piece with its neighborhood. Characters that people do not see are written as `U+200B`.',
    }),
  }),
});

const DefinitionChangeType = builder.objectRef<DefinitionChange>('DefinitionChange').implement({
  description: 'A definition that differs from the one that the owner agreed to.',
  fields: (t) => ({
    capability: t.expose('capability', { type: CapabilityKindEnum, description: 'Kind of capability.' }),
    name: t.exposeString('name', { description: 'Name of the tool or prompt, or URI of the resource.' }),
    change: t.expose('change', { type: ChangeKindEnum, description: 'Kind of change.' }),
    effects: t.expose('effects', { type: [DefinitionEffectEnum], description: 'Differences, the gravest first.' }),
    isHeld: t.exposeBoolean('isHeld', { description: 'True if the policy HOLD withholds it until it is approved.' }),
    reasons: t.exposeStringList('reasons', { description: 'Sentences that say what changed, the gravest first.' }),
    findings: t.expose('findings', { type: [SuspiciousFindingType], description: 'Suspicious pieces that are new.' }),
    fields: t.field({
      type: [FieldChangeType],
      description:
        'Properties that differ, before and after. Characters that people do not see are written as `U+200B`.',
      resolve: ({ fields }) =>
        fields.map(({ field, before, after }) => ({
          field,
          before: before === null ? null : visible(before),
          after: after === null ? null : visible(after),
        })),
    }),
  }),
});

const DefinitionLockType = builder.prismaObject('DefinitionLock', {
  description: 'The definitions that the owner of a deployment agreed to, and those that its server offers instead.',
  fields: (t) => ({
    policy: t.expose('policy', {
      type: DefinitionPolicyEnum,
      description: 'Policy for definitions that differ from those that were agreed to.',
    }),
    agreedAt: t.expose('agreedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the definitions were agreed to; null before the first handshake.',
    }),
    lookedAt: t.expose('lookedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the definitions of the server were last read.',
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the changes were seen; null while there are none.',
    }),
    key: t.exposeString('observedKey', {
      nullable: true,
      description: 'Name of the changes for `approveDefinitions`; null while there are none.',
    }),
    changeCount: t.exposeInt('changes', { description: 'Number of changes that wait for approval.' }),
    heldCount: t.exposeInt('held', { description: 'Number of changes that are more than harmless.' }),
    changes: t.field({
      type: [DefinitionChangeType],
      description: 'Changes that wait for approval.',
      select: { agreed: true, observed: true },
      resolve: (row) => {
        const [agreed, observed] = [parseDefinitions(row.agreed), parseDefinitions(row.observed)];
        return agreed && observed ? classifyChanges(agreed, observed) : [];
      },
    }),
  }),
});

builder.prismaObjectField(DeploymentType, 'definitions', (t) =>
  t.relation('definitionLock', {
    type: DefinitionLockType,
    nullable: true,
    description: 'The agreed definitions of its server; null until the first handshake, unless a policy was chosen.',
  }),
);

const ApproveDefinitionsInput = builder.inputType('ApproveDefinitionsInput', {
  description: 'Changes to approve.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id or UUID of the deployment.' }),
    key: t.string({ required: true, description: 'The `key` of the changes that were looked at.' }),
  }),
});

builder.mutationFields((t) => ({
  approveDefinitions: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Agrees to the changed definitions of a server. Clients see them from now on.',
    args: { input: t.arg({ type: ApproveDefinitionsInput, required: true, description: 'The changes to approve.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const id = requireUuid(input.id, 'Deployment');
      await services.definitions.approve(actor, { deploymentId: id, key: input.key });
      const row = await prisma.deployment.findFirst({ ...query, where: { id, ...reachable(actor.userId, 'OPERATE') } });
      if (!row) throw notFound('The deployment');
      return row;
    },
  }),
  setDefinitionPolicy: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Chooses what happens when a server changes its definitions. It makes no new release.',
    args: {
      id: t.arg.id({ required: true, description: 'Global id or UUID of the deployment.' }),
      policy: t.arg({
        type: DefinitionPolicyEnum,
        required: true,
        description: 'Policy for definitions that differ from those that were agreed to.',
      }),
    },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.id, 'Deployment');
      await services.definitions.setPolicy(actor, { deploymentId: id, policy: args.policy });
      const row = await prisma.deployment.findFirst({ ...query, where: { id, ...reachable(actor.userId, 'OPERATE') } });
      if (!row) throw notFound('The deployment');
      return row;
    },
  }),
}));
