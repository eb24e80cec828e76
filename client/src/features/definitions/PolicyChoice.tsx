import { Radio } from '@mantine/core';
import type { DefinitionPolicy } from '../../generated/graphql.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Definitions.module.css';

const POLICIES: readonly { value: DefinitionPolicy; label: string; description: string }[] = [
  { value: 'NOTIFY', label: 'Notify', description: 'Clients see changes at once. You review them here.' },
  {
    value: 'HOLD',
    label: 'Hold',
    description: 'Clients see what you agreed to until you approve. Harmless changes pass.',
  },
  { value: 'ALLOW', label: 'Allow', description: 'Every change counts as agreed to.' },
];

/** Chooses what happens when the server changes its definitions. */
export function PolicyChoice({
  policy,
  disabled,
  canHold,
  onChoose,
}: {
  policy: DefinitionPolicy;
  disabled: boolean;
  canHold: boolean;
  onChoose: (policy: DefinitionPolicy) => void;
}) {
  return (
    <Panel title="When the server changes" description="A change of the policy applies at once, without a new release.">
      <Radio.Group
        aria-label="When the server changes"
        value={policy}
        onChange={(chosen) => onChoose(POLICIES.find(({ value }) => value === chosen)?.value ?? policy)}
      >
        <div className={classes.options}>
          {POLICIES.map((one) => (
            <Radio
              key={one.value}
              value={one.value}
              label={one.label}
              description={
                one.value === 'HOLD' && !canHold
                  ? 'Not for remote servers: their answers pass as they are.'
                  : one.description
              }
              disabled={disabled || (one.value === 'HOLD' && !canHold)}
            />
          ))}
        </div>
      </Radio.Group>
    </Panel>
  );
}
