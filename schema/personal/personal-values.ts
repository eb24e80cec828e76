import type { PersonalForm } from '#server/domain/deployments/personal/service.ts';
import { notFound } from '#server/domain/errors.ts';
import { CredentialFieldType } from '../analysis/fields.ts';
import { builder } from '../builder.ts';
import { KeyValueInput } from '../deployment/inputs.ts';
import { requireUuid, uuidOf } from '../ids.ts';

export const PersonalValuesType = builder.objectRef<PersonalForm>('PersonalValues').implement({
  description: "The viewer's own values for the personal fields of a deployment. Values are never returned.",
  fields: (t) => ({
    databaseId: t.exposeString('deploymentId', { description: 'UUID of the deployment.' }),
    deploymentName: t.exposeString('deploymentName', { description: 'Name of the deployment.' }),
    fields: t.expose('fields', {
      type: [CredentialFieldType],
      description: 'Fields of which each person has an own value.',
    }),
    set: t.exposeStringList('set', { description: 'Names of the fields that have a value of the viewer.' }),
    owner: t.exposeBoolean('isOwner', { description: 'True if the viewer owns the deployment.' }),
  }),
});

const SetPersonalCredentialsInput = builder.inputType('SetPersonalCredentialsInput', {
  description: "The viewer's own values for a deployment; values that are not named stay.",
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment.' }),
    values: t.field({ type: [KeyValueInput], description: 'Values of personal fields.' }),
  }),
});

const RemovePersonalCredentialsInput = builder.inputType('RemovePersonalCredentialsInput', {
  description: "The viewer's own values to remove.",
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment.' }),
    names: t.stringList({ required: false, description: 'Names of the fields; all of them when not given.' }),
    disconnect: t.boolean({
      required: false,
      defaultValue: false,
      description: 'Disconnect the clients that the viewer allowed as well.',
    }),
  }),
});

const PersonalCredentialsPayload = builder
  .objectRef<{ values: PersonalForm | null }>('PersonalCredentialsPayload')
  .implement({
    description: "The viewer's own values after a change.",
    fields: (t) => ({
      values: t.expose('values', {
        type: PersonalValuesType,
        nullable: true,
        description: 'The values; null if the viewer may no longer use the deployment.',
      }),
    }),
  });

builder.queryFields((t) => ({
  personalValues: t.withAuth({ signedIn: true }).field({
    type: PersonalValuesType,
    nullable: true,
    description:
      "The viewer's own values for a deployment; null if it has no personal fields, or the viewer may not use it.",
    args: { deploymentId: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    resolve: (_root, { deploymentId }, { actor, services }) => {
      const id = uuidOf(deploymentId, 'Deployment');
      return id === null ? null : services.personal.find(actor, id);
    },
  }),
  personalDeployments: t.withAuth({ signedIn: true }).field({
    type: [PersonalValuesType],
    description: 'Deployments that hold values of the viewer, by name.',
    resolve: (_root, _args, { actor, services }) => services.personal.list(actor),
  }),
}));

builder.mutationFields((t) => ({
  setPersonalCredentials: t.withAuth({ write: true }).field({
    type: PersonalCredentialsPayload,
    errors: {},
    description: "Sets the viewer's own values. Processes that run with the earlier ones end.",
    args: { input: t.arg({ type: SetPersonalCredentialsInput, description: 'The values to set.' }) },
    resolve: async (_root, { input }, { actor, services }) => {
      const deploymentId = requireUuid(input.deploymentId, 'Deployment');
      await services.personal.set(actor, { deploymentId, values: input.values });
      const values = await services.personal.find(actor, deploymentId);
      if (values === null) throw notFound('The deployment');
      return { values };
    },
  }),
  removePersonalCredentials: t.withAuth({ write: true }).field({
    type: PersonalCredentialsPayload,
    errors: {},
    description: "Removes the viewer's own values. Processes and streams that use them end, everywhere.",
    args: { input: t.arg({ type: RemovePersonalCredentialsInput, description: 'The values to remove.' }) },
    resolve: async (_root, { input }, { actor, services }) => {
      const deploymentId = requireUuid(input.deploymentId, 'Deployment');
      await services.personal.remove(actor, {
        deploymentId,
        names: input.names ?? null,
        disconnect: input.disconnect ?? false,
      });
      return { values: await services.personal.find(actor, deploymentId) };
    },
  }),
}));
