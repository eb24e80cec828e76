import { expect, test } from 'vitest';
import type { Deployment } from '#prisma/generated/client/client.ts';
import { phaseStatus } from './roll-out.ts';
import { deployment, release } from './rows.testing.ts';
import { NO_STALLS } from './view.ts';

const during = (over: Partial<Deployment>, target = release('r2')) =>
  phaseStatus({ deployment: deployment(over), target, machines: [], stalls: NO_STALLS });

test.each(['RUNNING', 'UNHEALTHY', 'ASLEEP'] as const)(
  'while another release comes up, the status stays that of the release that is %s',
  (status) => {
    expect(during({ status, currentReleaseId: 'r1' })).toEqual({ status, releaseId: 'r2' });
  },
);

test('a release that wakes stays ASLEEP, and one that starts again does not stay RUNNING', () => {
  expect(during({ status: 'ASLEEP', currentReleaseId: 'r2' })).toEqual({ status: 'ASLEEP', releaseId: 'r2' });
  for (const status of ['RUNNING', 'UNHEALTHY', 'FAILED', 'STOPPED'] as const)
    expect(during({ status, currentReleaseId: 'r2' })).toEqual({
      status: 'DEPLOYING',
      failure: null,
      releaseId: 'r2',
    });
});

test('the first release of a deployment is DEPLOYING', () => {
  expect(during({ status: 'DEPLOYING', currentReleaseId: null })).toMatchObject({ status: 'DEPLOYING', failure: null });
});
