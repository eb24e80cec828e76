import { useQuery } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { formatMoney } from '../catalog/money.ts';
import classes from '../usage/Usage.module.css';

const SleepDocument = graphql(`
  query DeploymentSleep($id: ID!) {
    deployment(id: $id) {
      id
      sleep {
        asleepSince
        wakes
        wokenBy {
          name
          calls
        }
        awakeShare
        monthlyCost
        alwaysOnMonthlyCost
        currency
      }
    }
  }
`);

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const REFRESH_MS = 60_000;

/** Shows how a deployment slept in the last 7 days, and the cost that follows; nothing if it never sleeps. */
export function SleepPanel({ databaseId }: { databaseId: string }) {
  const { data } = useQuery(SleepDocument, { variables: { id: databaseId }, pollInterval: REFRESH_MS });
  const sleep = data?.deployment?.sleep;
  if (!sleep) return null;
  const { asleepSince, wakes, wokenBy, awakeShare, monthlyCost, alwaysOnMonthlyCost, currency } = sleep;
  const isFree = alwaysOnMonthlyCost === 0;
  return (
    <Panel title="Sleep" description="The last 7 days.">
      <dl className={classes.figures}>
        <div>
          <dt>Asleep since</dt>
          <dd>{asleepSince ? <Ago at={asleepSince} /> : 'Awake'}</dd>
        </div>
        <div>
          <dt>Woken</dt>
          <dd>{wakes === 1 ? 'once' : `${wakes} times`}</dd>
        </div>
        <div>
          <dt>Awake</dt>
          <dd>{percent.format(awakeShare)}</dd>
        </div>
        <div>
          <dt>Cost per month</dt>
          <dd>
            {isFree
              ? 'Free (runs on this computer)'
              : `${formatMoney(monthlyCost, currency)} (${formatMoney(alwaysOnMonthlyCost, currency)} if always on)`}
          </dd>
        </div>
      </dl>
      {wokenBy.length > 0 && (
        <p className="muted small">
          Calls that waited for it to wake up: {wokenBy.map(({ name, calls }) => `${name} (${calls})`).join(', ')}.
        </p>
      )}
    </Panel>
  );
}
