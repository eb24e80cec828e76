import { readCode } from '../detect/code/code-file.ts';
import { filesLoadedBy, findModule } from '../detect/module-graph.ts';
import { readmeOf } from '../detect/package-facts.ts';
import { detectLaunches, launchTarget } from '../detect/readme/launches.ts';
import type { FileSet } from '../files/file-set.ts';

/** Code that serves MCP itself, through the SDK or without. */
export const OWN_SERVER = /StdioServerTransport|server\/stdio|serveStdio|fastmcp|"tools\/list"/i;
export const IMPORTS_CLIENT = /@modelcontextprotocol\/(?:sdk\/client|client)/;
const IMPORTS_SERVER = /StdioServerTransport|serveStdio|new McpServer\(|"tools\/list"/;

/** A program with more subcommands than these in its documents does many things. */
const COMMANDS_MIN = 3;
const SERVES = /^(?:stdio|mcp|serve|server|start|run)$/;

/**
 * Recognizes the tool of a library for those who build servers, such as one that starts a server under development:
 * documents import the package, whose code serves MCP, and the command loads none of that code.
 */
export function isToolOfLibrary(name: string, entry: string | undefined, files: FileSet): boolean {
  if (entry === undefined || files.truncated) return false;
  const imported = new RegExp(`\\b(?:from|require\\()\\s{0,9}["']${name.replace(/[.\\/]/g, '\\$&')}["']`);
  if (!imported.test(readmeOf(files))) return false;
  const { javascript } = readCode(files);
  const start = findModule(javascript, entry.replace(/^\.\//, ''));
  const loaded = start === null ? null : filesLoadedBy(javascript, start);
  if (!loaded) return false;
  const [own, rest] = [true, false].map((isOwn) => javascript.filter(({ path }) => loaded.has(path) === isOwn));
  return (
    !own?.some(({ text }) => IMPORTS_SERVER.test(text)) && rest?.some(({ text }) => IMPORTS_SERVER.test(text)) === true
  );
}

/**
 * Recognizes a program that calls servers: it imports the client, documents show it with several subcommands, and no
 * client's settings hold it.
 */
export function isClientProgram(name: string, files: FileSet): boolean {
  const { javascript } = readCode(files);
  if (!javascript.some(({ text }) => IMPORTS_CLIENT.test(text))) return false;
  const own = detectLaunches(files).flatMap((found) => {
    const target = launchTarget(found);
    return target?.kind === 'npm' && target.name === name ? [{ launch: found.launch, target }] : [];
  });
  const commands = new Set(own.flatMap(({ target }) => target.args[0] ?? []).filter((word) => /^[a-z]/.test(word)));
  return (
    commands.size >= COMMANDS_MIN &&
    own.every(({ launch }) => launch.name === null) &&
    ![...commands].some((word) => SERVES.test(word))
  );
}
