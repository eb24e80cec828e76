import { connect } from '../connection.ts';
import { count, printTable } from '../layout.ts';
import { type ListedServer, SEARCH_REGISTRY } from '../operations/registry.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type SearchOptions = { limit: number; deployable?: boolean };

/** Prints the listed servers that match, the best match first. */
export async function search(shell: Shell, words: string[], options: SearchOptions): Promise<void> {
  const client = await connect(shell);
  const { totalCount, edges } = await client.ask(
    SEARCH_REGISTRY,
    { search: words.join(' '), first: options.limit, deployable: options.deployable ?? false },
    shell.interruption(),
  );
  const servers = edges.map(({ node }) => node);
  if (shell.json) {
    printJson(shell, servers);
    return;
  }
  const { out } = shell.terminal;
  if (servers.length === 0) {
    out.line('No listed server matches. You can deploy any server by its GitHub URL or package name.');
    return;
  }
  printTable(out, [['SOURCE', 'DEPLOYABLE', 'DESCRIPTION'], ...servers.map(rowOf)]);
  if (totalCount > servers.length) out.line(out.paint('dim', `${count(totalCount - servers.length, 'more server')}.`));
}

function rowOf({ name, title, description, deployable, status, analyzeSource }: ListedServer): string[] {
  const state = status === 'DEPRECATED' ? 'deprecated' : deployable ? 'yes' : 'no';
  const about = [title, description].filter((text) => text !== '').join(': ');
  return [analyzeSource ?? name, state, about].map(oneLine);
}
