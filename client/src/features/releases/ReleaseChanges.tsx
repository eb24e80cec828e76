import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import classes from './ReleaseChanges.module.css';

export const ReleaseChangesFragment = graphql(`
  fragment ReleaseChanges_release on Release {
    id
    changes {
      sinceNumber
      changes {
        capability
        name
        change
        fields {
          field
          before
          after
        }
      }
    }
  }
`);

type Changes = { capability: string; name: string; change: 'ADDED' | 'REMOVED' | 'CHANGED'; fields: Field[] };
type Field = { field: string; before?: string | null; after?: string | null };

const NOUNS: Record<string, string> = {
  TOOL: 'tool',
  RESOURCE: 'resource',
  PROMPT: 'prompt',
  INSTRUCTIONS: 'instructions to models',
};
const MARKS = { ADDED: '+', REMOVED: '−', CHANGED: '~' } as const;
const VERBS = { ADDED: 'new', REMOVED: 'removed', CHANGED: 'changed' } as const;
const FIELD_WORDS: Record<string, string> = {
  description: 'Description',
  instructions: 'Instructions',
  title: 'Title',
  name: 'Name',
  inputSchema: 'Arguments it takes',
  outputSchema: 'What it answers',
  annotations: 'What it says of itself (annotations)',
  arguments: 'Arguments it takes',
  mimeType: 'Media type',
  template: 'Template',
};
/** What models read as it stands: whoever can change it can tell them what to do. */
const READ_BY_MODELS = new Set(['description', 'instructions', 'title']);

/** Words of what was there already are worded otherwise: nobody sees that by using the server. */
const isSilent = ({ change, fields }: Changes): boolean =>
  change === 'CHANGED' && fields.some(({ field }) => READ_BY_MODELS.has(field));

/** What a release offers and the one before did not, or otherwise. Silent rewordings are open, and stand out. */
export function ReleaseChanges(props: { release: FragmentType<typeof ReleaseChangesFragment> }) {
  const { changes: found } = readFragment(ReleaseChangesFragment, props.release);
  if (!found || found.changes.length === 0) return null;
  const silent = found.changes.filter(isSilent).length;
  return (
    <details className={classes.changes} open={silent > 0}>
      <summary>
        {count(found.changes.length, 'change')} since release {found.sinceNumber}
        {silent > 0 && (
          <span className={classes.warning}>
            {silent === 1 ? 'a description is' : `${silent} descriptions are`} worded otherwise
          </span>
        )}
      </summary>
      <ul className={classes.list}>
        {found.changes.map((change) => (
          <li key={`${change.capability} ${change.name}`} data-silent={isSilent(change) || undefined}>
            <Change change={change} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Change({ change }: { change: Changes }) {
  return (
    <>
      <p className={classes.head} data-change={change.change}>
        <span aria-hidden className={classes.mark}>
          {MARKS[change.change]}
        </span>
        {change.capability === 'INSTRUCTIONS' ? (
          <>The {NOUNS['INSTRUCTIONS']} changed</>
        ) : (
          <>
            {NOUNS[change.capability]} <code>{change.name}</code> {VERBS[change.change]}
          </>
        )}
      </p>
      {change.fields.map((field) =>
        change.change === 'CHANGED' ? (
          <div key={field.field} className={classes.field}>
            <p className={classes.label}>{FIELD_WORDS[field.field] ?? field.field}</p>
            <Wording text={field.before} side="before" />
            <Wording text={field.after} side="after" />
          </div>
        ) : (
          <p key={field.field} className={classes.said}>
            {field.after ?? field.before}
          </p>
        ),
      )}
    </>
  );
}

function Wording({ text, side }: { text: string | null | undefined; side: 'before' | 'after' }) {
  return (
    <div className={classes.wording} data-side={side}>
      <span className="visually-hidden">{side === 'before' ? 'Before: ' : 'Now: '}</span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0}>{text ?? '(none)'}</pre>
    </div>
  );
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
