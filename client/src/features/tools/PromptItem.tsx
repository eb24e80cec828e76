import { IconChevronRight } from '@tabler/icons-react';
import { Link } from 'react-router';
import { deploymentPath } from '../../navigation/pages.ts';
import { promptSchema } from '../playground/capabilities.ts';
import { Parameters } from './Parameters.tsx';
import classes from './ToolList.module.css';

type Prompt = { name: string; description?: string | null | undefined; arguments?: unknown };

/** One prompt with its parameters. */
export function PromptItem({ prompt, databaseId }: { prompt: Prompt; databaseId: string }) {
  return (
    <details className={classes.item}>
      <summary>
        <IconChevronRight size={15} className={classes.chevron} aria-hidden />
        <span className={classes.words}>
          <code className={classes.name}>{prompt.name}</code>
          <span className={classes.short}>{prompt.description}</span>
        </span>
      </summary>
      <div className={classes.detail}>
        <Parameters schema={promptSchema(prompt.arguments)} />
        <div className={classes.more}>
          <Link
            className="link small"
            aria-label={`Try ${prompt.name}`}
            to={`${deploymentPath(databaseId, 'playground')}?prompt=${encodeURIComponent(prompt.name)}`}
          >
            Try
          </Link>
        </div>
      </div>
    </details>
  );
}
