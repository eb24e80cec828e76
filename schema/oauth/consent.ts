import type { ConsentRequest } from '#server/domain/oauth/consent.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from '../deployment/deployment.ts';
import { requireUuid, uuidOf } from '../ids.ts';
import { PersonalValuesType } from '../personal/personal-values.ts';

const ConsentRequestType = builder.objectRef<ConsentRequest>('ConsentRequest').implement({
  description: 'A program that requests access to a deployment from a person who may use the deployment.',
  fields: (t) => ({
    clientName: t.exposeString('clientName', {
      description: 'Name that the client reports. A client can choose any name.',
    }),
    clientHost: t.exposeString('clientHost', {
      nullable: true,
      description: 'The host it is known by; null when it names none.',
    }),
    vouchedFor: t.exposeBoolean('isVouchedFor', {
      description: 'True if that host publishes the description of the client.',
    }),
    redirectTarget: t.exposeString('redirectTarget', {
      description: 'Target of the redirect: a host, or a phrase that names an app on this computer.',
    }),
    deploymentName: t.exposeString('deploymentName', {
      description: 'Name of the deployment that the client requests access to.',
    }),
    viewName: t.exposeString('viewName', {
      nullable: true,
      description: 'Name of the view that the client requests access to; null for the whole server.',
    }),
    personalValues: t.withAuth({ signedIn: true }).field({
      type: PersonalValuesType,
      nullable: true,
      description: "The viewer's own values for the deployment; null if it has no personal fields.",
      resolve: ({ deploymentId }, _args, { actor, services }) => services.personal.find(actor, deploymentId),
    }),
    deployment: t.withAuth({ signedIn: true }).prismaField({
      type: DeploymentType,
      nullable: true,
      description: 'The deployment; null if the viewer may use it alone, and not manage it.',
      resolve: (query, { deploymentId }, _args, { prisma, actor }) =>
        prisma.deployment.findFirst({ ...query, where: { id: deploymentId, ...reachable(actor.userId, 'OPERATE') } }),
    }),
  }),
});

const ConsentInput = builder.inputType('ConsentInput', {
  description: 'The authorization request to decide.',
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment.' }),
    view: t.string({
      required: false,
      description:
        'Name of the view whose authorization endpoint the client used; that of the deployment when not given.',
    }),
    query: t.string({ description: 'The query that the client sent to the authorization endpoint, as it came.' }),
  }),
});

const ConsentPayload = builder.objectRef<{ redirectTo: string }>('ConsentPayload').implement({
  description: 'The response to the client.',
  fields: (t) => ({
    redirectTo: t.exposeString('redirectTo', {
      description: 'Address to which the browser goes next. It may hold an authorization code.',
    }),
  }),
});

builder.queryField('consentRequest', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: ConsentRequestType,
    nullable: true,
    description: 'The client that requests access, or null if the viewer may not decide or the request is incomplete.',
    args: { input: t.arg({ type: ConsentInput, description: 'The request.' }) },
    resolve: (_root, { input: { deploymentId, view, query } }, { actor, services }) => {
      const id = uuidOf(deploymentId, 'Deployment');
      return id === null ? null : services.consent.find(actor, { deploymentId: id, view: view ?? null, query });
    },
  }),
);

builder.mutationFields((t) => ({
  allowClient: t.withAuth({ write: true }).field({
    type: ConsentPayload,
    errors: {},
    description: 'Allows a client. Repeating the decision returns the same response. Not for API tokens.',
    args: { input: t.arg({ type: ConsentInput, description: 'The request.' }) },
    resolve: (_root, { input: { deploymentId, view, query } }, { actor, services }) =>
      services.consent.allow(actor, {
        deploymentId: requireUuid(deploymentId, 'Deployment'),
        view: view ?? null,
        query,
      }),
  }),
  denyClient: t.withAuth({ write: true }).field({
    type: ConsentPayload,
    errors: {},
    description: 'Denies a client. Not for API tokens.',
    args: { input: t.arg({ type: ConsentInput, description: 'The request.' }) },
    resolve: (_root, { input: { deploymentId, view, query } }, { actor, services }) =>
      services.consent.deny(actor, {
        deploymentId: requireUuid(deploymentId, 'Deployment'),
        view: view ?? null,
        query,
      }),
  }),
}));
