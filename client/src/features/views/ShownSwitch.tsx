import { Switch } from '@mantine/core';
import classes from './Views.module.css';
import { denyingPattern, isShown, type Selection, withShown } from './view-rules.ts';

type ShownSwitchProps<Some extends Selection> = {
  /** The server's own name, or the URI. */
  text: string;
  selection: Some;
  matches: (pattern: string, text: string) => boolean;
  readOnly?: boolean;
  onChange: (selection: Some) => void;
};

/** Shows or hides one thing. A pattern that hides the thing has to be changed first, and is named. */
export function ShownSwitch<Some extends Selection>(props: ShownSwitchProps<Some>) {
  const { text, selection, matches, readOnly = false, onChange } = props;
  const pattern = denyingPattern(selection, text, matches);
  return (
    <>
      <Switch
        size="sm"
        aria-label={`Show ${text}`}
        checked={isShown(selection, text, matches)}
        disabled={readOnly || pattern !== null}
        onChange={(event) => onChange(withShown(selection, text, event.currentTarget.checked, matches))}
      />
      {pattern !== null && <span className={classes.because}>hidden by {pattern}</span>}
    </>
  );
}
