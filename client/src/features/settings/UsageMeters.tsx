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

/** What the viewer has used of what they may use. */
export function UsageMeters(props: { settings: FragmentType<typeof UsageMetersFragment> }) {
  const { usage, openRouter } = readFragment(UsageMetersFragment, props.settings);
  const plain = (amount: number) => count.format(amount);
  return (
    <Panel title="Usage" description="Days and months begin at midnight UTC.">
      <div className={classes.meters}>
        <Meter label="Machines" quota={usage.machines} format={plain} />
        <Meter label="Analyses today" quota={usage.analysesToday} format={plain} />
        <Meter
          label="Models this month"
          quota={usage.modelUsdThisMonth}
          format={(amount) => dollars.format(amount)}
          note={openRouter.source === 'OWN' ? 'With your own key there is no limit.' : undefined}
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

/** From here on it is worth looking at. */
const NEARLY = 0.9;

function Meter({ label, quota: { used, limit }, format, note }: MeterProps) {
  const share = limit === 0 ? 1 : Math.min(1, used / limit);
  const level = share >= 1 ? 'full' : share >= NEARLY ? 'near' : 'fine';
  const remark = note ?? { fine: null, near: 'Nearly used up.', full: 'Used up.' }[level];
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
