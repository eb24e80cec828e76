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

/** `$0 <command> [args...]`: the command line of a program that starts another one. */
const STARTS_COMMAND = /["'`][^"'`\n]{0,40}<(?:command|cmd|server-command)>\s{1,9}\[args?\s{0,3}(?:\.{3})?\]/i;

/** Launches of this very package in the documents. */
const launchesOf = (name: string, files: FileSet) =>
  detectLaunches(files).flatMap((found) => {
    const target = launchTarget(found);
    return target?.kind === 'npm' && target.name === name ? [{ launch: found.launch, target }] : [];
  });

/**
 * Recognizes a program that starts the server which its caller names and speaks to it as a client, such as a proxy from
 * stdio to HTTP. One that the settings of clients hold is a server itself.
 */
export function startsNamedServer(name: string, files: FileSet): boolean {
  const { javascript } = readCode(files);
  return (
    javascript.some(({ text }) => STARTS_COMMAND.test(text)) &&
    javascript.some(({ text }) => IMPORTS_CLIENT.test(text)) &&
    launchesOf(name, files).every(({ launch }) => launch.name === null)
  );
}

/**
 * Recognizes a program that calls servers: it imports the client, documents show it with several subcommands, and no
 * client's settings hold it.
 */
export function isClientProgram(name: string, files: FileSet): boolean {
  const { javascript } = readCode(files);
  if (!javascript.some(({ text }) => IMPORTS_CLIENT.test(text))) return false;
  const own = launchesOf(name, files);
  const commands = new Set(own.flatMap(({ target }) => target.args[0] ?? []).filter((word) => /^[a-z]/.test(word)));
  return (
    commands.size >= COMMANDS_MIN &&
    own.every(({ launch }) => launch.name === null) &&
    ![...commands].some((word) => SERVES.test(word))
  );
}
