import type { ReactNode } from 'react';
import { CopyButton } from './CopyButton.tsx';
import classes from './CopyField.module.css';

type CopyFieldProps = { label: string; value: string; copyLabel?: string; aside?: ReactNode; hideLabel?: boolean };

/** Shows a value in monospace, in full on hover, with a button that copies it. */
export function CopyField({ label, value, copyLabel, aside, hideLabel = false }: CopyFieldProps) {
  return (
    <div className={classes.field}>
      <span className={hideLabel ? 'visually-hidden' : classes.label}>{label}</span>
      <div className={classes.box}>
        <code className={classes.value} title={value} data-testid={`copy-${label.toLowerCase().replaceAll(' ', '-')}`}>
          {value}
        </code>
        {aside}
        <CopyButton value={value} label={copyLabel ?? `Copy ${label.toLowerCase()}`} />
      </div>
    </div>
  );
}
