import { CopyButton } from '../inputs/CopyButton.tsx';
import classes from './JsonTree.module.css';

type JsonTreeProps = { value: unknown; label: string };

/** Branches above this depth are open at first. */
const OPEN_DEPTH = 2;
/** A branch with more members than this starts closed at any depth. */
const OPEN_MEMBERS_MAX = 30;

/** Shows a JSON value as a tree that opens and closes, with a button that copies all of it. */
export function JsonTree({ value, label }: JsonTreeProps) {
  return (
    <figure className={classes.block}>
      <figcaption className={classes.caption}>
        <span>{label}</span>
        <CopyButton value={JSON.stringify(value, null, 2)} label={`Copy ${label}`} />
      </figcaption>
      <div className={classes.tree}>
        <Branch name={null} value={value} depth={0} />
      </div>
    </figure>
  );
}

type BranchProps = { name: string | null; value: unknown; depth: number };

function Branch({ name, value, depth }: BranchProps) {
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
    <details className={classes.branch} open={depth < OPEN_DEPTH && members.length <= OPEN_MEMBERS_MAX}>
      <summary>
        {key}
        <span className={classes.size}>{size}</span>
      </summary>
      {members.map(([member, inner]) => (
        <Branch key={member} name={member} value={inner} depth={depth + 1} />
      ))}
    </details>
  );
}
