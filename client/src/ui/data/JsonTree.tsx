import { useMemo } from 'react';
import { CopyButton } from '../inputs/CopyButton.tsx';
import classes from './JsonTree.module.css';

type JsonTreeProps = { value: unknown; label: string };

/** Branches above this depth are open at first. */
const OPEN_DEPTH = 2;
/** A branch with more members than this starts closed at any depth. */
const OPEN_MEMBERS_MAX = 30;
/** A value with at most so many members, those of its members included, is open all the way down. */
const SMALL_MEMBERS_MAX = 60;

/** Counts the members of a value and of its members, and stops above the limit. */
function hasAtMost(value: unknown, limit: number): boolean {
  const waiting = [value];
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const members = Object.values(next);
    count += members.length;
    if (count > limit) return false;
    waiting.push(...members);
  }
  return true;
}

/** Shows a JSON value as a tree that opens and closes, with a button that copies all of it. A small one is open. */
export function JsonTree({ value, label }: JsonTreeProps) {
  const isSmall = useMemo(() => hasAtMost(value, SMALL_MEMBERS_MAX), [value]);
  return (
    <figure className={classes.block}>
      <figcaption className={classes.caption}>
        <span>{label}</span>
        <CopyButton value={JSON.stringify(value, null, 2)} label={`Copy ${label}`} />
      </figcaption>
      <div className={classes.tree}>
        <Branch name={null} value={value} depth={0} isSmall={isSmall} />
      </div>
    </figure>
  );
}

type BranchProps = { name: string | null; value: unknown; depth: number; isSmall: boolean };

function Branch({ name, value, depth, isSmall }: BranchProps) {
  const key = name !== null && <span className={classes.key}>{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <div className={classes.leaf}>
        {key}
        <span data-type={value === null ? 'null' : typeof value}>{JSON.stringify(value) ?? 'undefined'}</span>
      </div>
    );
  }
  const members = Object.entries(value);
  const size = Array.isArray(value) ? `[${members.length}]` : `{${members.length}}`;
  if (members.length === 0) {
    return (
      <div className={classes.leaf}>
        {key}
        <span>{Array.isArray(value) ? '[]' : '{}'}</span>
      </div>
    );
  }
  return (
    <details className={classes.branch} open={isSmall || (depth < OPEN_DEPTH && members.length <= OPEN_MEMBERS_MAX)}>
      <summary>
        {key}
        <span className={classes.size}>{size}</span>
      </summary>
      {members.map(([member, inner]) => (
        <Branch key={member} name={member} value={inner} depth={depth + 1} isSmall={isSmall} />
      ))}
    </details>
  );
}
