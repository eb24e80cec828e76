import { count } from '../../ui/data/count.ts';
import { NoEntries } from '../../ui/data/EntryList.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Bundles.module.css';

type MergedToolsProps = {
  tools: readonly { name: string; prefix: string; description?: string | null | undefined }[];
  /** Size of the merged `tools/list`. */
  tokens: number;
  /** The prefixes of members whose tools clients may miss. */
  missing: ReadonlySet<string>;
};

const numbers = new Intl.NumberFormat('en-US');

/** The tools of all members under the names that clients see, with their number and size. */
export function MergedTools({ tools, tokens, missing }: MergedToolsProps) {
  const away = tools.filter(({ prefix }) => missing.has(prefix)).length;
  return (
    <Panel
      title="Tools"
      label="Tools of the bundle"
      flush
      description={
        <span title="Estimated: one token for four characters of the answer to tools/list">
          {count(tools.length, 'tool')}, about {numbers.format(tokens)} tokens
          {away > 0 && `. ${away} of them unavailable now`}
        </span>
      }
    >
      {tools.length === 0 ? (
        <NoEntries>No tools yet. They are listed once a server of the bundle has run.</NoEntries>
      ) : (
        <ul className={classes.tools} aria-label="Tools">
          {tools.map(({ name, prefix, description }) => (
            <li key={name} data-missing={missing.has(prefix) || undefined}>
              <code>{name}</code>
              {missing.has(prefix) && <span className={classes.away}>unavailable</span>}
              {description && <span className={classes.description}>{description}</span>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
