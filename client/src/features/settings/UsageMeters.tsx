import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Settings.module.css';

const UsageMetersFragment = graphql(`
  fragment UsageMeters_settings on Settings {
    usage {
      machines {
        used
        limit
      }
      analysesToday {
        used
        limit
      }
      modelUsdThisMonth {
        used
        limit
      }
    }
    openRouter {
      source
    }
  }
`);

const count = new Intl.NumberFormat('en');
const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });

/** Shows how much of their quotas the viewer has used. */
export function UsageMeters(props: { settings: FragmentType<typeof UsageMetersFragment> }) {
  const { usage, openRouter } = readFragment(UsageMetersFragment, props.settings);
  const plain = (amount: number) => count.format(amount);
  return (
    <Panel title="Usage" description="Days and months start at midnight UTC.">
      <div className={classes.meters}>
        <Meter label="Machines" quota={usage.machines} format={plain} />
        <Meter label="Analyses today" quota={usage.analysesToday} format={plain} />
        <Meter
          label="AI spend this month"
          quota={usage.modelUsdThisMonth}
          format={(amount) => dollars.format(amount)}
          note={openRouter.source === 'OWN' ? 'No limit with your own key.' : undefined}
        />
      </div>
    </Panel>
  );
}

type MeterProps = {
  label: string;
  quota: { used: number; limit: number };
  format: (amount: number) => string;
  note?: string | undefined;
};

/** The share of a quota from which the meter warns. */
const NEAR_SHARE = 0.9;

function Meter({ label, quota: { used, limit }, format, note }: MeterProps) {
  const share = limit === 0 ? 1 : Math.min(1, used / limit);
  const level = share >= 1 ? 'full' : share >= NEAR_SHARE ? 'near' : 'fine';
  const remark = note ?? { fine: null, near: 'Almost used up', full: 'Used up' }[level];
  return (
    <div className={classes.meter}>
      <span>{label}</span>
      <progress value={share} max={1} data-level={level} aria-label={`${label}: ${format(used)} of ${format(limit)}`} />
      <span className="numbers">
        {format(used)} <span className={classes.of}>of {format(limit)}</span>
      </span>
      {remark && <span className={classes.note}>{remark}</span>}
    </div>
  );
}
