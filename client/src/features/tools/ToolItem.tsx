import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { deploymentPath } from '../../navigation/pages.ts';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { Parameters } from './Parameters.tsx';
import classes from './ToolList.module.css';

type Tool = {
  name: string;
  title?: string | null | undefined;
  description?: string | null | undefined;
  inputSchema?: unknown;
  annotations?: unknown;
};

/** One tool. Its details are built when it is first opened. */
export function ToolItem({ tool, databaseId }: { tool: Tool; databaseId: string }) {
  const [wasOpened, setWasOpened] = useState(false);
  return (
    <details className={classes.item} onToggle={() => setWasOpened(true)}>
      <summary>
        <IconChevronRight size={15} className={classes.chevron} aria-hidden />
        <span className={classes.words}>
          <code className={classes.name}>{tool.name}</code>
          <ToolHints annotations={tool.annotations} />
          <span className={classes.short}>{firstSentence(tool.description ?? tool.title ?? '')}</span>
        </span>
      </summary>
      {wasOpened && (
        <div className={classes.detail}>
          {tool.description && <p className={classes.long}>{tool.description}</p>}
          <Parameters schema={tool.inputSchema} />
          <div className={classes.more}>
            <Link
              className="link small"
              aria-label={`Try ${tool.name}`}
              to={`${deploymentPath(databaseId, 'playground')}?tool=${encodeURIComponent(tool.name)}`}
            >
              Try
            </Link>
          </div>
          <details>
            <summary className="muted small">JSON Schema</summary>
            <CodeBlock label={`schema of ${tool.name}`} code={JSON.stringify(tool.inputSchema, null, 2)} />
          </details>
        </div>
      )}
    </details>
  );
}

const firstSentence = (text: string): string => {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return /^.{20,}?[.!?](?=\s)/.exec(line)?.[0] ?? line;
};

/** Shows the server's own hints. They are claims that nothing enforces. */
function ToolHints({ annotations }: { annotations: unknown }) {
  if (typeof annotations !== 'object' || annotations === null) return null;
  const hints = annotations as Record<string, unknown>; // an object; its members are checked here
  return (
    <>
      {hints['readOnlyHint'] === true && (
        <span className={classes.hint} title="According to the server. Catwalk does not enforce it.">
          read-only
        </span>
      )}
      {hints['destructiveHint'] === true && (
        <span className={classes.hint} title="According to the server: this tool can delete or overwrite data.">
          destructive
        </span>
      )}
    </>
  );
}
