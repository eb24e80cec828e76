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
  { value: 'AUTO', label: 'Automatic' },
  { value: 'PER_SESSION', label: 'A process per session' },
  { value: 'SHARED', label: 'One process for all callers' },
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
      description="Automatic: a caller’s sessions share a process, callers never do."
      data={[...ISOLATION]}
      value={value}
      onChange={(chosen) => chosen && onChange(chosen)}
    />
  );
}
