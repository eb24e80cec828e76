import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { FragmentType } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { LiveFigures, type LiveFiguresFragment } from './LiveFigures.tsx';

const show = (live: object | null, status = 'RUNNING') =>
  renderPage(
    <LiveFigures
      // Masked: the component reads these fields.
      deployment={{ id: 'd1', databaseId: 'd1', status } as unknown as FragmentType<typeof LiveFiguresFragment>}
    />,
    {
      respond: () => ({
        deployment: {
          __typename: 'Deployment',
          id: 'd1',
          toolCount: 13,
          activity: { __typename: 'DeploymentActivity', callsLastHour: 7, calls: 40, errors: 2, lastCallAt: null },
          live,
        },
      }),
    },
  );
const figureOf = async (name: string) => (await screen.findByText(name)).nextElementSibling?.textContent;

test('shows calls, sessions, memory and processor of this moment', async () => {
  show({
    __typename: 'LiveMachine',
    sessions: 2,
    clients: [],
    memoryUsedMb: 120,
    memoryTotalMb: 512,
    processorWithheld: 0.25,
  });
  expect(await screen.findByText('120 MB')).toBeDefined();
  expect([await figureOf('Calls, last hour'), await figureOf('Failed, 24 hours'), await figureOf('Tools')]).toEqual([
    '7',
    '2 of 40',
    '13',
  ]);
  expect([await figureOf('Sessions'), await figureOf('Processor')]).toEqual(['2', '25% withheld']);
});

test('shows no figures of a machine while none runs', async () => {
  show(null, 'STOPPED');
  expect(await figureOf('Last call')).toBe('never');
  expect(screen.queryByText('Sessions')).toBeNull();
});
