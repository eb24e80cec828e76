import { type EventFacts, parseEventFacts } from '#server/domain/deployments/rows/event-facts.ts';
import { builder } from '../builder.ts';
import { DeploymentPhaseEnum, DeploymentStatusEnum } from '../enums.ts';
import { DeploymentFailureType } from './failure.ts';

const SetbackEnum = builder.enumType('Setback', {
  description: 'A setback of a deployment that no user requested.',
  values: {
    LOST: { description: 'The machine of the deployment does not exist any more.' },
    ENDED: { description: 'The first process of the machine ended.' },
    STALLED: { description: 'The machine was started and did not answer: the machine is restarted.' },
    SERVER_STALLED: { description: 'The server did not answer in its machine: the server is started again.' },
    MOVED: { description: 'The hardware of its machine cannot be reached: its release moves to a new machine.' },
    HELD_UP: { description: 'Something that is tried again and again does not come to its end.' },
  },
});

const SETBACKS = {
  lost: 'LOST',
  ended: 'ENDED',
  stalled: 'STALLED',
  'server-stalled': 'SERVER_STALLED',
  moved: 'MOVED',
  'held-up': 'HELD_UP',
} as const satisfies Record<NonNullable<EventFacts['setback']>, string>;

builder.prismaObject('DeploymentEvent', {
  description: 'Something that happened to a deployment.',
  fields: (t) => ({
    id: t.id({ description: 'Increasing with time.', resolve: ({ id }) => String(id) }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    status: t.expose('status', { type: DeploymentStatusEnum, description: 'The status from then on.' }),
    phase: t.expose('phase', { type: DeploymentPhaseEnum, nullable: true, description: 'The step from then on.' }),
    message: t.exposeString('message', { description: 'The event, in one sentence.' }),
    setback: t.field({
      type: SetbackEnum,
      nullable: true,
      description: 'The setback that this event reports, or null if it reports none.',
      resolve: ({ data }) => {
        const { setback } = parseEventFacts(data);
        return setback === undefined ? null : SETBACKS[setback];
      },
    }),
    failure: t.field({
      type: DeploymentFailureType,
      nullable: true,
      description: 'Why, where it failed or was thrown back.',
      resolve: ({ data }) => parseEventFacts(data).failure ?? null,
    }),
    wakeMs: t.int({
      nullable: true,
      description: 'For a wake-up, milliseconds from the request to its response.',
      resolve: ({ data }) => parseEventFacts(data).wakeMs ?? null,
    }),
    rule: t.string({
      nullable: true,
      description: 'The wall that stopped an act of the server, as `ContainedAct.rule` names it.',
      resolve: ({ data }) => parseEventFacts(data).rule ?? null,
    }),
    releaseId: t.globalID({
      nullable: true,
      description: 'The release it is about.',
      resolve: ({ releaseId }) => (releaseId === null ? null : { type: 'Release', id: releaseId }),
    }),
  }),
});
