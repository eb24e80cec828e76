import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
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

/** One tool; what it takes is built when it is first opened. */
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
              aria-label={`Try it: ${tool.name}`}
              to={`/deployments/${databaseId}/playground?tool=${encodeURIComponent(tool.name)}`}
            >
              Try it
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

/** The server's own hints. They are claims, so they are worded as such. */
function ToolHints({ annotations }: { annotations: unknown }) {
  if (typeof annotations !== 'object' || annotations === null) return null;
  const hints = annotations as Record<string, unknown>; // an object; its members are checked here
  return (
    <>
      {hints['readOnlyHint'] === true && (
        <span className={classes.hint} title="The server says so; nothing enforces it.">
          reads only
        </span>
      )}
      {hints['destructiveHint'] === true && (
        <span className={classes.hint} title="The server says so.">
          may destroy
        </span>
      )}
    </>
  );
}
