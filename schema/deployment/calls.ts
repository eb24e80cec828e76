import type { CallBodies } from '#server/domain/calls/bodies.ts';
import { type CallFilter, callWhere } from '#server/domain/calls/read-calls.ts';
import { builder } from '../builder.ts';
import { CallOutcomeEnum } from '../enums.ts';
import { requireUuid } from '../ids.ts';
import { stream } from '../live.ts';
import { DeploymentType } from './deployment.ts';
import { ownerStream } from './owner-stream.ts';

const CallBodiesType = builder.objectRef<CallBodies>('CallBodies').implement({
  description: 'What a call sent and received. Credentials are redacted, and each text is cut at 16 kB.',
  fields: (t) => ({
    arguments: t.exposeString('arguments', { nullable: true, description: 'The arguments as JSON.' }),
    result: t.exposeString('result', { nullable: true, description: 'The result, or the JSON-RPC error, as JSON.' }),
  }),
});

export const CallType = builder.prismaObject('Call', {
  description: 'A call of a tool, a prompt or a resource.',
  fields: (t) => ({
    id: t.id({ description: 'Increasing with the time at which it was recorded.', resolve: ({ id }) => String(id) }),
    at: t.expose('at', { type: 'DateTime', description: 'When the request had come.' }),
    method: t.exposeString('method', {
      description:
        'The JSON-RPC method, such as tools/call. Empty for a request that was refused without being read, and that named none in a header.',
    }),
    name: t.exposeString('name', { description: 'The tool, the prompt, or the address of the resource.' }),
    outcome: t.expose('outcome', { type: CallOutcomeEnum, description: 'Outcome of the call.' }),
    errorCode: t.exposeString('errorCode', {
      nullable: true,
      description: 'The code of the JSON-RPC error, or of the refusal.',
    }),
    status: t.exposeInt('status', { nullable: true, description: 'The HTTP status of a refusal.' }),
    durationMs: t.exposeFloat('durationMs', { description: 'Milliseconds until the answer was sent.' }),
    waitedMs: t.exposeFloat('waitedMs', {
      description: 'The part of `durationMs` in which the client had a question of the server to answer.',
    }),
    bytesIn: t.exposeInt('bytesIn', { description: 'Size of the request.' }),
    bytesOut: t.exposeInt('bytesOut', { description: 'Size of the answer; 0 if there was none.' }),
    clientName: t.exposeString('clientName', { nullable: true, description: "The client program's name for itself." }),
    clientVersion: t.exposeString('clientVersion', {
      nullable: true,
      description: 'Version of the client, as it reports itself, or null.',
    }),
    callerKind: t.exposeString('callerKind', {
      nullable: true,
      description: 'The right it was let in by: token, oauth or public. Null for a request without one.',
    }),
    callerName: t.exposeString('callerName', {
      nullable: true,
      description: 'The name of the token or of the OAuth client.',
    }),
    callerDatabaseId: t.exposeString('callerId', {
      nullable: true,
      description: 'UUID of the access token or of the connection of the OAuth client; it may be gone.',
    }),
    subject: t.exposeString('subject', {
      nullable: true,
      description: 'The id of the user who let the OAuth client in.',
    }),
    releaseNumber: t.exposeInt('releaseNumber', { nullable: true, description: 'The release that was called.' }),
    sessionId: t.exposeString('sessionId', { nullable: true, description: 'The MCP session, in the legacy era.' }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: 'The id of the request, as X-Request-Id of its answer has it.',
    }),
    era: t.exposeString('era', { description: 'The era of the protocol: legacy or modern.' }),
    hasBodies: t.boolean({
      description: 'True if its arguments and its result were recorded; they may be gone.',
      resolve: ({ bodiesId }) => bodiesId !== null,
    }),
    bodies: t.field({
      type: CallBodiesType,
      nullable: true,
      description:
        'Arguments and result of the call. Null if they were not recorded or are gone, and without the role OWN.',
      resolve: (call, _args, { services, actor }) => services.callBodies.read(call, actor?.userId ?? ''),
    }),
  }),
});

const CallFilterInput = builder.inputType('CallFilter', {
  description: 'A part of the calls of a deployment; what is left out selects all.',
  fields: (t) => ({
    methods: t.stringList({ required: false, description: 'Only these JSON-RPC methods.' }),
    name: t.string({ required: false, description: 'Only this tool, prompt or resource.' }),
    client: t.string({ required: false, description: 'Only of this client program.' }),
    outcomes: t.field({ type: [CallOutcomeEnum], required: false, description: 'Only those that ended so.' }),
    slowerThanMs: t.float({ required: false, description: 'Only those that took at least so many milliseconds.' }),
    requestId: t.string({ required: false, description: 'Only the calls of this request.' }),
    id: t.id({ required: false, description: 'Only this call.' }),
  }),
});

type FilterInput = { [K in keyof CallFilter]?: CallFilter[K] | undefined };

/** What is left out is the same as null. */
const toFilter = (input: FilterInput | null | undefined): CallFilter => ({
  methods: input?.methods ?? null,
  name: input?.name ?? null,
  client: input?.client ?? null,
  outcomes: input?.outcomes ?? null,
  slowerThanMs: input?.slowerThanMs ?? null,
  requestId: input?.requestId ?? null,
  id: input?.id ?? null,
});

builder.prismaObjectFields(DeploymentType, (t) => ({
  calls: t.prismaConnection(
    {
      type: CallType,
      cursor: 'id',
      maxSize: 1_000,
      description: 'What clients called, newest first. They are kept for some days: CALL_LOG_DAYS and CALL_LOG_ROWS.',
      args: {
        filter: t.arg({
          type: CallFilterInput,
          required: false,
          description: 'Filter of the calls; all calls when not given.',
        }),
      },
      resolve: (query, { id }, { filter }, { prisma }) =>
        prisma.call.findMany({ ...query, where: callWhere(id, toFilter(filter)), orderBy: { id: 'desc' } }),
    },
    { name: 'CallConnection' },
    { name: 'CallEdge' },
  ),
  recordsBodies: t.exposeBoolean('recordsBodies', {
    description: 'True if the arguments and the results of calls are recorded.',
  }),
  callsLost: t.exposeInt('callsLost', {
    description: 'Calls that could not be recorded because too many came at once, since the deployment was made.',
  }),
  callsLostAt: t.expose('callsLostAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When that last happened.',
  }),
}));

builder.subscriptionField('deploymentCalls', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: CallType,
    description: 'Every call of a deployment from now on, until it is deleted.',
    args: {
      id: t.arg.id({ description: 'Global id or UUID of the deployment.' }),
      filter: t.arg({
        type: CallFilterInput,
        required: false,
        description: 'Filter of the calls; all calls when not given.',
      }),
    },
    subscribe: (_root, args, context) => {
      const deploymentId = requireUuid(args.id, 'Deployment');
      const { userId } = context.actor;
      const filter = toFilter(args.filter);
      const { calls } = context.services;
      const follow = (until: AbortSignal) => calls.follow(deploymentId, filter, until);
      return stream((signal) => ownerStream({ context, userId, deploymentId, signal, follow }));
    },
    resolve: (call) => call,
  }),
);
