import type { ReactNode } from 'react';
import classes from './EntryList.module.css';

/** Things with a name, a few facts, and one thing to do about each. */
export const EntryList = ({ children }: { children: ReactNode }) => <ul className={classes.list}>{children}</ul>;

type EntryProps = {
  name: string;
  /** Beside the name: `EntryNote`s and the like. */
  beside?: ReactNode;
  /** When what happened. */
  times: ReactNode;
  action: ReactNode;
};

export const Entry = ({ name, beside, times, action }: EntryProps) => (
  <li className={classes.item}>
    <div className={classes.names}>
      <span className={classes.name}>{name}</span>
      {beside}
    </div>
    <div className={classes.times}>{times}</div>
    {action}
  </li>
);

export const EntryNote = ({ children }: { children: ReactNode }) => <span className={classes.note}>{children}</span>;

/** There are none: why, and what would make one. */
export const NoEntries = ({ children }: { children: ReactNode }) => <div className={classes.empty}>{children}</div>;
