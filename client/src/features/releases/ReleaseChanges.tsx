import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { count } from '../../ui/data/count.ts';
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
  INSTRUCTIONS: 'instructions',
};
const MARKS = { ADDED: '+', REMOVED: '−', CHANGED: '~' } as const;
const VERBS = { ADDED: 'new', REMOVED: 'removed', CHANGED: 'changed' } as const;
const FIELD_LABELS: Record<string, string> = {
  description: 'Description',
  instructions: 'Instructions',
  title: 'Title',
  name: 'Name',
  inputSchema: 'Arguments',
  outputSchema: 'Output',
  annotations: 'Annotations',
  arguments: 'Arguments',
  mimeType: 'Media type',
  template: 'Template',
};
/** Language models read these texts as they are: changing them is a way to instruct the models. */
const READ_BY_MODELS = new Set(['description', 'instructions', 'title']);

/** A changed text of an existing tool, resource or prompt: users of the server would not notice it. */
const isSilent = ({ change, fields }: Changes): boolean =>
  change === 'CHANGED' && fields.some(({ field }) => READ_BY_MODELS.has(field));

/** Lists how the tools, resources and prompts of a release differ from the release before. Changed texts stand out. */
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
            {silent === 1 ? '1 description changed' : `${silent} descriptions changed`}
          </span>
        )}
      </summary>
      <ul className={classes.list}>
        {found.changes.map((change) => (
          <li key={`${change.capability} ${change.name}`} data-silent={isSilent(change) || undefined}>
            <CapabilityDiff change={change} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** One changed capability: its name, and both versions of what differs. */
export function CapabilityDiff({ change }: { change: Changes }) {
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
            <p className={classes.label}>{FIELD_LABELS[field.field] ?? field.field}</p>
            <Version text={field.before} side="before" />
            <Version text={field.after} side="after" />
          </div>
        ) : (
          <p key={field.field} className={classes.text}>
            {field.after ?? field.before}
          </p>
        ),
      )}
    </>
  );
}

function Version({ text, side }: { text: string | null | undefined; side: 'before' | 'after' }) {
  return (
    <div className={classes.wording} data-side={side}>
      <span className="visually-hidden">{side === 'before' ? 'Before: ' : 'Now: '}</span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0}>{text ?? '(none)'}</pre>
    </div>
  );
}
