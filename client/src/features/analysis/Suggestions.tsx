import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { newPath } from '../../navigation/pages.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Suggestions.module.css';

export const SuggestionFragment = graphql(`
  fragment Suggestions_suggestion on SourceSuggestion {
    source
    name
    description
    origin
  }
`);

const ORIGINS = { MCP_REGISTRY: 'MCP registry', NPM: 'npm' } as const;

/** Servers whose names are like the text that was pasted; each is one click from its analysis. */
export function Suggestions({ suggestions }: { suggestions: readonly FragmentType<typeof SuggestionFragment>[] }) {
  return (
    <Panel title="Did you mean one of these?">
      <ul className={classes.list}>
        {suggestions.map((masked) => {
          const { source, name, description, origin } = readFragment(SuggestionFragment, masked);
          return (
            <li key={source}>
              <Link className="link" to={newPath({ source })}>
                {name === source ? <code>{source}</code> : name}
              </Link>
              {name !== source && <code className="muted small">{source}</code>}
              <span className="muted small">{ORIGINS[origin]}</span>
              {description && <p className="muted small">{description}</p>}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
