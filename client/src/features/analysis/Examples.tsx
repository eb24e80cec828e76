import { Link } from 'react-router';
import classes from './Examples.module.css';

const EXAMPLES = [
  { source: '@modelcontextprotocol/server-everything', what: 'Every feature of MCP, to try things out' },
  { source: '@modelcontextprotocol/server-memory', what: 'A knowledge graph that remembers' },
  { source: '@upstash/context7-mcp', what: 'Current documentation of libraries' },
  { source: '@modelcontextprotocol/server-filesystem', what: 'Files of one folder; takes an argument' },
  { source: 'firecrawl-mcp', what: 'Web pages as text; takes an API key' },
] as const;

const FORMS = [
  ['GitHub', 'https://github.com/owner/repo, or owner/repo'],
  ['npm', 'package, @scope/package, package@1.2.3'],
  ['PyPI', 'pypi:package'],
  ['Registry', 'io.github.owner/server'],
  ['Configuration', '{ "mcpServers": { … } }'],
  ['This computer', '/path/to/folder, or /path/to/package.tgz'],
] as const;

/** Before anything is pasted: something to try, and what can be pasted. */
export function Examples() {
  return (
    <div className={classes.columns}>
      <section>
        <h2 className={classes.title}>Try one</h2>
        <ul className={classes.list}>
          {EXAMPLES.map(({ source, what }) => (
            <li key={source}>
              <Link to={`/new?source=${encodeURIComponent(source)}`} className={classes.example}>
                <code>{source}</code>
                <span>{what}</span>
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2 className={classes.title}>What can be pasted</h2>
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
