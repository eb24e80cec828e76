import type { ConsentRequest } from '#server/domain/oauth/consent.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from '../deployment/deployment.ts';
import { requireUuid, uuidOf } from '../ids.ts';

const ConsentRequestType = builder.objectRef<ConsentRequest>('ConsentRequest').implement({
  description: 'A program that asks the owner of a deployment to be let in.',
  fields: (t) => ({
    clientName: t.exposeString('clientName', {
      description: 'What it calls itself; anybody can call themselves anything.',
    }),
    clientHost: t.exposeString('clientHost', {
      nullable: true,
      description: 'The host it is known by; null when it names none.',
    }),
    vouchedFor: t.exposeBoolean('isVouchedFor', { description: 'Whether that host describes the client itself.' }),
    redirectTarget: t.exposeString('redirectTarget', {
      description: 'Where the answer goes: a host, or words for a program on this computer.',
    }),
    deployment: t.withAuth({ signedIn: true }).prismaField({
      type: DeploymentType,
      description: 'What it wants to call.',
      resolve: (query, { deploymentId }, _args, { prisma, actor }) =>
        prisma.deployment.findFirstOrThrow({ ...query, where: { id: deploymentId, ownerId: actor.userId } }),
    }),
  }),
});

const ConsentInput = builder.inputType('ConsentInput', {
  description: 'Which request is decided about.',
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment.' }),
    query: t.string({ description: 'The query that the client sent to the authorization endpoint, as it came.' }),
  }),
});

const ConsentPayload = builder.objectRef<{ redirectTo: string }>('ConsentPayload').implement({
  description: 'What the client will hear.',
  fields: (t) => ({
    redirectTo: t.exposeString('redirectTo', { description: 'Where the browser goes now. It may hold a code.' }),
  }),
});

builder.queryField('consentRequest', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: ConsentRequestType,
    nullable: true,
    description: 'Who asks to be let in; null when it is not for the viewer to decide, or the request is not whole.',
    args: { input: t.arg({ type: ConsentInput, description: 'The request.' }) },
    resolve: (_root, { input: { deploymentId, query } }, { actor, services }) => {
      const id = uuidOf(deploymentId, 'Deployment');
      return id === null ? null : services.consent.find(actor, { deploymentId: id, query });
    },
  }),
);

builder.mutationFields((t) => ({
  allowClient: t.withAuth({ write: true }).field({
    type: ConsentPayload,
    errors: {},
    description: 'Lets a program in. Deciding twice gives the same answer twice. Not for API tokens.',
    args: { input: t.arg({ type: ConsentInput, description: 'The request.' }) },
    resolve: (_root, { input: { deploymentId, query } }, { actor, services }) =>
      services.consent.allow(actor, { deploymentId: requireUuid(deploymentId, 'Deployment'), query }),
  }),
  denyClient: t.withAuth({ write: true }).field({
    type: ConsentPayload,
    errors: {},
    description: 'Turns a program away. Not for API tokens.',
    args: { input: t.arg({ type: ConsentInput, description: 'The request.' }) },
    resolve: (_root, { input: { deploymentId, query } }, { actor, services }) =>
      services.consent.deny(actor, { deploymentId: requireUuid(deploymentId, 'Deployment'), query }),
  }),
}));
