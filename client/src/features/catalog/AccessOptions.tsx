import { Radio, Select } from '@mantine/core';
import classes from './AccessOptions.module.css';
import { NOTE_BELOW } from './MachineOptions.tsx';

const ACCESS = [
  {
    value: 'TOKEN',
    label: 'Token',
    means: 'Clients send a bearer token. Right for Claude Code, Cursor, VS Code and scripts.',
  },
  {
    value: 'OAUTH',
    label: 'OAuth',
    means: 'Clients ask you to sign in and agree. Right for claude.ai and ChatGPT; tokens work too.',
  },
  {
    value: 'PUBLIC',
    label: 'Public',
    means: 'Anyone who knows the address can call every tool, with your credentials.',
  },
] as const;

export type Access = (typeof ACCESS)[number]['value'];
export type Isolation = 'AUTO' | 'SHARED' | 'PER_SESSION';

const ISOLATION = [
  {
    value: 'AUTO',
    label: 'Automatic',
    means: 'The sessions of one caller share a process; different callers never do.',
  },
  {
    value: 'PER_SESSION',
    label: 'A process per session',
    means: 'Nothing is shared, not even between two sessions of one caller. Needs the most memory.',
  },
  {
    value: 'SHARED',
    label: 'One process for all callers',
    means: 'Callers share what the process remembers. Needs the least memory.',
  },
] as const;

type AccessOptionsProps = { value: Access; onChange: (access: Access) => void };

export function AccessOptions({ value, onChange }: AccessOptionsProps) {
  return (
    <Radio.Group
      label="Who may call it"
      value={value}
      onChange={(chosen) => onChange(ACCESS.find((one) => one.value === chosen)?.value ?? 'TOKEN')}
    >
      <div className={classes.options}>
        {ACCESS.map((one) => (
          <Radio key={one.value} value={one.value} label={one.label} description={one.means} />
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
      description={ISOLATION.find((one) => one.value === value)?.means}
      data={ISOLATION.map((one) => ({ value: one.value, label: one.label }))}
      value={value}
      onChange={(chosen) => chosen && onChange(chosen)}
    />
  );
}
