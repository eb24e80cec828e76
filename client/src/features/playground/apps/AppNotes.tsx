import classes from '../Playground.module.css';

export type AppNote = { id: number; at: number; kind: 'call' | 'read' | 'message' | 'context' | 'log'; value: unknown };

const LABELS: Record<AppNote['kind'], string> = {
  call: 'called',
  read: 'read',
  message: 'message to the model',
  context: 'context for the model',
  log: 'log',
};

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

/** Lists what an app did through the page, newest first: Catwalk has no model that would receive its messages. */
export function AppNotes({ notes }: { notes: readonly AppNote[] }) {
  if (notes.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <ol className={classes.notifications} aria-label="What the app did" tabIndex={0}>
      {notes.toReversed().map(({ id, at, kind, value }) => (
        <li key={id}>
          <time className="numbers muted" dateTime={new Date(at).toISOString()}>
            {clock.format(at)}
          </time>
          <code>{LABELS[kind]}</code>
          <span>{typeof value === 'string' ? value : JSON.stringify(value)}</span>
        </li>
      ))}
    </ol>
  );
}
