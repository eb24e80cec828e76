import { type DiagnosisStep, STEP_STATES } from '#server/domain/doctor/step.ts';
import { builder } from '../builder.ts';
import { uuidOf } from '../ids.ts';

const DiagnosisStateEnum = builder.enumType('DiagnosisState', {
  description: 'How a step of a diagnosis went. WARNING: it works, though not for every client.',
  values: STEP_STATES,
});

const DiagnosisStepType = builder.objectRef<DiagnosisStep>('DiagnosisStep').implement({
  description: 'One step of connecting to an endpoint, as it went just now.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Step code for programs.' }),
    title: t.exposeString('title', { description: 'Step title for people.' }),
    state: t.expose('state', { type: DiagnosisStateEnum, description: 'Outcome of the step.' }),
    seen: t.exposeString('seen', { description: 'The finding, in one sentence.' }),
    hint: t.exposeString('hint', { nullable: true, description: 'Suggested fix.' }),
    durationMs: t.int({
      description: 'Duration of the step in milliseconds.',
      resolve: ({ durationMs }) => Math.round(durationMs),
    }),
  }),
});

builder.queryField('diagnose', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: [DiagnosisStepType],
    description:
      'The connection doctor: walks the endpoint of a deployment over the network, as Claude would. It may take a minute, ' +
      'and wakes a server that sleeps. Empty when the deployment is not there.',
    args: { deploymentId: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    resolve: (_root, { deploymentId }, { actor, services }) => {
      const id = uuidOf(deploymentId, 'Deployment');
      return id === null ? [] : services.doctor.diagnose(actor, id);
    },
  }),
);
