import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { CapabilityDiff } from '../releases/ReleaseChanges.tsx';
import classes from './Definitions.module.css';

const ChangedDefinitionFragment = graphql(`
  fragment ChangedDefinition_change on DefinitionChange {
    capability
    name
    change
    effects
    isHeld
    reasons
    findings {
      rule
      at
      excerpt
    }
    fields {
      field
      before
      after
    }
  }
`);

const LABELS: Record<string, string> = {
  ADDED: 'New',
  REMOVED: 'Removed',
  NARROWED: 'Narrower schema',
  WIDENED: 'Wider schema',
  ANNOTATIONS: 'Hints changed',
  REWORDED: 'Reworded',
  WORDING: 'Small edit',
  SUSPICIOUS: 'Suspicious text',
};

/** One difference: what it means, the reasons, and both versions. */
export function ChangedDefinition(props: {
  change: FragmentType<typeof ChangedDefinitionFragment>;
  isHolding: boolean;
}) {
  const change = readFragment(ChangedDefinitionFragment, props.change);
  return (
    <article className={classes.change} data-held={change.isHeld || undefined}>
      <p className={classes.badges}>
        {change.effects.map((effect) => (
          <span key={effect} className={classes.badge} data-effect={effect}>
            {LABELS[effect] ?? effect}
          </span>
        ))}
        {change.isHeld && props.isHolding && <span className={classes.badge}>Held</span>}
      </p>
      <CapabilityDiff change={change} />
      <ul className={classes.reasons}>
        {change.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </article>
  );
}
