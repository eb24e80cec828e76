import type { ReactNode } from 'react';
import classes from './EntryList.module.css';

/** A list of named entries, each with a few facts and one action. */
export const EntryList = ({ children }: { children: ReactNode }) => <ul className={classes.list}>{children}</ul>;

type EntryProps = {
  name: string;
  /** Stands beside the name: `EntryNote`s and the like. */
  beside?: ReactNode;
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

/** Stands in place of an empty list: explains why it is empty, and how to add an entry. */
export const NoEntries = ({ children }: { children: ReactNode }) => <div className={classes.empty}>{children}</div>;
