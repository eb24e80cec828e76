import { ACTIVITY_HOURS, type Activity } from '#server/domain/calls/activity.ts';
import { DOUBTS, type Doubt, decideDoubt } from '#server/domain/deployments/doubt.ts';
import {
  type CREDENTIAL_TEST_OUTCOMES,
  type CredentialTest,
  parseCredentialTest,
} from '#server/domain/deployments/rows/credential-test.ts';
import { notFound } from '#server/domain/errors.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { requireUuid } from '../ids.ts';
import { DeploymentType } from './deployment.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const ActivityType = builder.objectRef<Activity>('DeploymentActivity').implement({
  description:
    'Calls of tools in the last 24 hours, as far as the log of calls reaches. Refused requests do not count.',
  fields: (t) => ({
    callsByHour: t.intList({
      description: `Calls in each of the last ${ACTIVITY_HOURS} hours, oldest first; the last one is the present hour.`,
      resolve: ({ calls }) => calls,
    }),
    errorsByHour: t.intList({
      description: 'Failed calls in each of these hours, in the same order.',
      resolve: ({ errors }) => errors,
    }),
    calls: t.int({ description: 'Calls in the last 24 hours.', resolve: ({ calls }) => sum(calls) }),
    errors: t.int({
      description: 'Number of failed calls in the last 24 hours.',
      resolve: ({ errors }) => sum(errors),
    }),
    callsLastHour: t.exposeInt('callsLastHour', { description: 'Calls in the last 60 minutes.' }),
    lastCallAt: t.expose('lastCallAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Time of the last call of a tool; null if the log of calls has none.',
    }),
  }),
});

const DOUBT_DESCRIPTIONS: Record<Doubt, string> = {
  NO_TOOLS: 'The server offers no tools, resources or prompts.',
  CALLS_FAIL: 'All calls of the last 24 hours failed, three at least.',
  CREDENTIALS_REFUSED: 'The last test of its credentials failed.',
  CREDENTIALS_UNTRIED: 'Credentials are set, and no call and no test has ended well since.',
};

const DoubtEnum = builder.enumType('ServingDoubt', {
  description: 'A reason to doubt that a running server works.',
  values: Object.fromEntries(DOUBTS.map((doubt) => [doubt, { description: DOUBT_DESCRIPTIONS[doubt] }])) as Record<
    Doubt,
    { description: string }
  >, // fromEntries widens the names to string
});

const CredentialTestOutcomeEnum = builder.enumType('CredentialTestOutcome', {
  description: 'The outcome of a test of credentials.',
  values: {
    PASSED: { description: 'The tool answered without an error.' },
    FAILED: { description: 'The tool returned an error, or did not answer.' },
    UNTESTABLE: { description: 'The server has no tool that can be called for a test.' },
  } satisfies Record<(typeof CREDENTIAL_TEST_OUTCOMES)[number], unknown>,
});

const CredentialTestType = builder.objectRef<CredentialTest>('CredentialTest').implement({
  description: 'A test of the credentials of a deployment: one call of a tool that is marked as read-only.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'Time at which the test ended.' }),
    outcome: t.expose('outcome', { type: CredentialTestOutcomeEnum, description: 'The outcome.' }),
    tool: t.exposeString('tool', { nullable: true, description: 'The tool that was called; null if none could be.' }),
    message: t.exposeString('message', { description: 'The finding, in one sentence.' }),
  }),
});

const testSelect = { credentialTest: true, currentReleaseId: true } as const;

builder.prismaObjectFields(DeploymentType, (t) => ({
  tags: t.exposeStringList('tags', { description: 'Words by which its owner finds it.' }),
  activity: t.field({
    type: ActivityType,
    description: 'Recent calls of clients. Any number of deployments costs two queries.',
    select: { id: true },
    resolve: ({ id }, _args, { services }) => services.activity.read(id),
  }),
  toolCount: t.int({
    nullable: true,
    description: 'Number of tools of the release that serves; null before its handshake.',
    select: { id: true },
    resolve: async ({ id }, _args, { services }) => (await services.activity.read(id)).offered?.tools ?? null,
  }),
  credentialTest: t.field({
    type: CredentialTestType,
    nullable: true,
    description: 'The last test of the credentials of the release that serves; null if they were not tested.',
    select: testSelect,
    resolve: ({ credentialTest, currentReleaseId }) => parseCredentialTest(credentialTest, currentReleaseId),
  }),
  doubt: t.field({
    type: DoubtEnum,
    nullable: true,
    description: 'A reason to doubt that it works although it runs; null if there is none, and while it does not run.',
    select: {
      ...testSelect,
      id: true,
      status: true,
      currentRelease: { select: { credentialVersion: true, liveAt: true } },
      credentials: { select: { version: true, names: true } },
    },
    resolve: async (row, _args, { services }) => {
      const activity = await services.activity.read(row.id);
      const set = row.credentials.find(({ version }) => version === row.currentRelease?.credentialVersion);
      return decideDoubt({
        status: row.status,
        offered: activity.offered,
        hasCredentials: (set?.names.length ?? 0) > 0,
        liveAt: row.currentRelease?.liveAt ?? null,
        test: parseCredentialTest(row.credentialTest, row.currentReleaseId),
        recent: {
          calls: sum(activity.calls),
          errors: sum(activity.errors),
          lastSuccessAt: activity.lastSuccessAt,
        },
        workedBefore: activity.workedBefore,
      });
    },
  }),
}));

builder.mutationField('testCredentials', (t) =>
  t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description:
      'Tests the credentials of a deployment: calls one tool that the server marks as read-only and that takes no arguments. ' +
      'The outcome is `credentialTest`. It may take a minute, and wakes a server that sleeps.',
    args: { id: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.id, 'Deployment');
      await services.credentialTests.run(actor, id);
      const row = await prisma.deployment.findFirst({ ...query, where: { id, ...reachable(actor.userId, 'OPERATE') } });
      if (!row) throw notFound('The deployment');
      return row;
    },
  }),
);
