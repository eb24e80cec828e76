import { filesLoadedBy } from '../module-graph.ts';
import type { Code } from './code-file.ts';

/**
 * The code that a start of the program at `entry` can reach. A package holds other programs too: scripts of its
 * makers, a web client, an installer. Their settings are not the server's. All code where the entry is unknown.
 */
export function reachableCode(code: Code, entry: string | undefined): Code {
  const loaded = entry === undefined ? null : filesLoadedBy(code.javascript, entry);
  if (loaded === null) return code;
  const javascript = code.javascript.filter(({ path }) => loaded.has(path));
  return {
    ...code,
    javascript,
    all: code.all.filter((file) => javascript.includes(file) || !code.javascript.includes(file)),
  };
}
