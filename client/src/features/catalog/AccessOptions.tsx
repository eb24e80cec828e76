import { Radio, Select } from '@mantine/core';
import classes from './AccessOptions.module.css';
import { NOTE_BELOW } from './MachineOptions.tsx';

const ACCESS = [
  {
    value: 'TOKEN',
    label: 'Token',
    description: 'Clients send a fixed token. Works with Claude Code, Cursor, VS Code and scripts.',
  },
  {
    value: 'OAUTH',
    label: 'OAuth',
    description: 'Clients sign in through your browser. Works with claude.ai and ChatGPT too, and with tokens.',
  },
  {
    value: 'PUBLIC',
    label: 'Public',
    description: 'Anyone who knows the endpoint can call every tool with your credentials.',
  },
] as const;

export type Access = (typeof ACCESS)[number]['value'];
export type Isolation = 'AUTO' | 'SHARED' | 'PER_SESSION';

const ISOLATION = [
  {
    value: 'AUTO',
    label: 'Automatic',
    description: 'Sessions of one caller share a process. Different callers never do.',
  },
  {
    value: 'PER_SESSION',
    label: 'One process per session',
    description: 'Sessions share nothing, not even those of one caller. Needs the most memory.',
  },
  {
    value: 'SHARED',
    label: 'One process for all callers',
    description: 'All callers share the state of one process. Needs the least memory.',
  },
] as const;

type AccessOptionsProps = { value: Access; onChange: (access: Access) => void };

export function AccessOptions({ value, onChange }: AccessOptionsProps) {
  return (
    <Radio.Group
      label="Access"
      description="Who can call the endpoint."
      value={value}
      onChange={(chosen) => onChange(ACCESS.find((one) => one.value === chosen)?.value ?? 'TOKEN')}
    >
      <div className={classes.options}>
        {ACCESS.map((one) => (
          <Radio key={one.value} value={one.value} label={one.label} description={one.description} />
        ))}
      </div>
    </Radio.Group>
  );
}

type IsolationSelectProps = { value: Isolation; onChange: (isolation: Isolation) => void };

export function IsolationSelect({ value, onChange }: IsolationSelectProps) {
  return (
    <Select
      label="Isolation"
      inputWrapperOrder={[...NOTE_BELOW]}
      description={ISOLATION.find((one) => one.value === value)?.description}
      data={ISOLATION.map((one) => ({ value: one.value, label: one.label }))}
      value={value}
      onChange={(chosen) => chosen && onChange(chosen)}
    />
  );
}
