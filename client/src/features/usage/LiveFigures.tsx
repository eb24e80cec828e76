import { useQuery } from '@apollo/client/react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { canServe } from '../status/status.ts';
import classes from './Usage.module.css';
import { formatCount } from './UsageCharts.tsx';

export const LiveFiguresFragment = graphql(`
  fragment LiveFigures_deployment on Deployment {
    id
    databaseId
    status
  }
`);

const LiveFiguresDocument = graphql(`
  query LiveFigures($id: ID!) {
    deployment(id: $id) {
      id
      toolCount
      activity {
        callsLastHour
        calls
        errors
        lastCallAt
      }
      live {
        sessions
        clients {
          name
          sessions
        }
        memoryUsedMb
        memoryTotalMb
        processorWithheld
      }
    }
  }
`);

const REFRESH_MS = 5_000;
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });

/** The figures of this moment: calls, sessions, memory and processor, kept current while visible. */
export function LiveFigures(props: { deployment: FragmentType<typeof LiveFiguresFragment> }) {
  const { databaseId, status } = readFragment(LiveFiguresFragment, props.deployment);
  const { data } = useQuery(LiveFiguresDocument, {
    variables: { id: databaseId },
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const found = data?.deployment;
  const live = found?.live ?? null;
  const activity = found?.activity;
  const clients = live?.clients.map(({ name }) => name).join(', ') ?? '';
  const facts: readonly (readonly [string, React.ReactNode, (string | undefined)?])[] = [
    [
      'Calls, last hour',
      <Link key="calls" className="link" to={deploymentPath(databaseId, 'calls')}>
        {formatCount(activity?.callsLastHour ?? 0)}
      </Link>,
    ],
    ['Failed, 24 hours', activity ? `${formatCount(activity.errors)} of ${formatCount(activity.calls)}` : '–'],
    ['Last call', activity?.lastCallAt ? <Ago key="last" at={activity.lastCallAt} /> : 'never'],
    [
      'Tools',
      <Link key="tools" className="link" to={deploymentPath(databaseId, 'tools')}>
        {found?.toolCount ?? '–'}
      </Link>,
    ],
    ...(canServe(status)
      ? ([
          ['Sessions', live ? formatCount(live.sessions) : '–', clients === '' ? undefined : clients],
          [
            'Memory',
            live?.memoryUsedMb == null ? '–' : `${live.memoryUsedMb} MB`,
            `Memory of the server’s processes, of ${live?.memoryTotalMb ?? '?'} MB`,
          ],
          [
            'Processor',
            live?.processorWithheld == null ? 'not limited' : `${percent.format(live.processorWithheld)} withheld`,
            'Part of the last five minutes for which the machine got no processor',
          ],
        ] as const)
      : []),
  ];
  return (
    <Panel label="At this moment">
      <dl className={classes.figures}>
        {facts.map(([name, value, title]) => (
          <div key={name} title={title}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
