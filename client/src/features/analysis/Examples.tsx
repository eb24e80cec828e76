import { Link } from 'react-router';
import { newPath } from '../../navigation/pages.ts';
import classes from './Examples.module.css';

const EXAMPLES = [
  { source: '@modelcontextprotocol/server-everything', description: 'Every MCP feature, for trying things out' },
  { source: '@modelcontextprotocol/server-memory', description: 'Memory as a knowledge graph' },
  { source: '@upstash/context7-mcp', description: 'Current documentation for libraries' },
  { source: '@modelcontextprotocol/server-filesystem', description: 'Files of one folder (needs an argument)' },
  { source: 'firecrawl-mcp', description: 'Web pages as text (needs an API key)' },
] as const;

const FORMS = [
  ['GitHub', 'https://github.com/owner/repo or owner/repo'],
  ['npm', 'package, @scope/package, package@1.2.3'],
  ['PyPI', 'pypi:package'],
  ['Registry', 'io.github.owner/server'],
  ['Name', 'github mcp, to search for servers'],
  ['Command', 'npx -y package --flag, uvx package, claude mcp add …'],
  ['Config', '{ "mcpServers": { … } }'],
  ['This computer', '/path/to/folder or /path/to/package.tgz'],
] as const;

/** Shown before anything is pasted: servers to try, and the forms of a source. */
export function Examples() {
  return (
    <div className={classes.columns}>
      <section>
        <h2 className={classes.title}>Try one of these</h2>
        <ul className={classes.list}>
          {EXAMPLES.map(({ source, description }) => (
            <li key={source}>
              <Link to={newPath({ source })} className={classes.example}>
                <code>{source}</code>
                <span>{description}</span>
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2 className={classes.title}>What you can paste</h2>
        <dl className={classes.forms}>
          {FORMS.map(([name, form]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{form}</code>
              </dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}
