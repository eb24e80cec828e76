import type { describeServer } from '../detect/describe-server.ts';
import { MCP_DEPENDENCIES } from '../detect/package-facts.ts';
import type { FileSet } from '../files/file-set.ts';
import type { Verdict } from '../result.ts';
import type { LaunchTarget } from '../source/launch.ts';
import {
  IMPORTS_CLIENT,
  isClientProgram,
  isToolOfLibrary,
  OWN_SERVER,
  startsNamedServer,
} from './tools-for-servers.ts';

/** The facts that decide what a Node package is, published or not. */
export type NodePackage = {
  name: string;
  description: string | null;
  bins: Record<string, string>;
  dependencies: string[];
  keywords: string[];
  mcpName: string | null;
  files: FileSet;
  /** The file that its command runs, where that is known. */
  entry?: string | undefined;
};

/** Hands its standard input on to another program, as the wrapper of a binary does. */
const WRAPS = /stdio\s{0,9}:\s{0,9}\[?\s{0,9}["'`]inherit|process\.stdin|execve|\.pipe\(/;

/**
 * Recognizes a program that uses servers or installs them: it imports the client alone, or writes the settings of
 * clients and starts nothing.
 */
function isForServers(files: FileSet): boolean {
  const code = files.files.filter(({ path }) => /\.[cm]?[jt]s$/.test(path));
  if (code.length === 0 || files.truncated || code.some(({ text }) => OWN_SERVER.test(text))) return false;
  if (code.some(({ text }) => IMPORTS_CLIENT.test(text))) return true;
  const writesSettings = code.some(({ text }) => /mcpServers/.test(text) && /writeFile/.test(text));
  return writesSettings && !code.some(({ text }) => WRAPS.test(text));
}

/** Any sign of the protocol, or of another program that may speak it: a dependency's, a binary's. */
const SPEAKS =
  /tools\/list|jsonrpc|JSON-?RPC|StdioServerTransport|McpServer|fastmcp|modelcontextprotocol|stdio\s{0,9}:|process\.stdin|spawn|execve?\b|fork\(|import\(|require\(\s{0,9}[^"'`\s]/i;

/** Recognizes a program whose whole code was read and knows nothing of MCP, whatever its name says. */
function isSilent({ files, dependencies }: Pick<NodePackage, 'files' | 'dependencies'>): boolean {
  const code = files.files.filter(({ path }) => /\.[cm]?[jt]s$/.test(path) && !/\.d\.[cm]?ts$/.test(path));
  return (
    code.length > 0 &&
    !files.truncated &&
    !dependencies.some((dependency) => /mcp|modelcontextprotocol/i.test(dependency)) &&
    !code.some(({ text }) => SPEAKS.test(text))
  );
}

/** Decides whether a package is an MCP server, a part of MCP servers, or neither. */
export function verdictOf(facts: NodePackage): Verdict {
  const { name, description, bins, dependencies, keywords, mcpName, files, entry } = facts;
  const speaks =
    dependencies.some((dependency) => MCP_DEPENDENCIES.test(dependency)) ||
    files.files.some(
      (file) =>
        /\.[cm]?js$/.test(file.path) && /StdioServerTransport|serveStdio|fastmcp|"tools\/list"/i.test(file.text),
    );
  const says =
    mcpName !== null ||
    /\bmcp\b/i.test(`${name.replace(/[-_/@.]/g, ' ')} ${keywords.join(' ')} ${description ?? ''}`) ||
    /model context protocol/i.test(description ?? '');
  if (Object.keys(bins).length === 0) return speaks || says ? 'LIBRARY' : 'NOT_MCP';
  if (speaks && isToolOfLibrary(name, entry, files)) return 'LIBRARY';
  const isServer =
    (speaks || says) &&
    !isForServers(files) &&
    !isClientProgram(name, files) &&
    !startsNamedServer(name, files) &&
    !isSilent({ files, dependencies });
  return isServer ? 'MCP_SERVER' : 'NOT_MCP';
}

const REASONS: Partial<Record<Verdict, string>> = {
  LIBRARY:
    'This package is a library for building MCP servers or clients, and has no command to run. Paste a server that uses it.',
  NOT_MCP:
    'This package does not look like an MCP server. If it is one, paste the command that starts it, such as npx -y name.',
};

/** Recognizes a launch in a document that starts this very package. */
export const ownTarget =
  (name: string, bins: Record<string, string>) =>
  (target: LaunchTarget): boolean => {
    if (target.kind === 'npm') return target.name === name;
    if (target.kind === 'local')
      return Object.keys(bins).includes(target.command) || /(?:^|[/\\])(?:node|bun|tsx)$/.test(target.command);
    return target.kind === 'oci'; // the same server in a container takes the same variables
  };

/** The part of a candidate that does not depend on where the package comes from. */
export const candidateBase = (
  key: string,
  name: string,
  facts: NodePackage,
  description: ReturnType<typeof describeServer>,
) => {
  const verdict = verdictOf(facts);
  return {
    key,
    displayName: name,
    description: facts.description,
    subfolder: null,
    arguments: description.arguments,
    credentials: description.credentials,
    fixedArguments: description.fixedArguments,
    verdict,
    deployable: verdict === 'MCP_SERVER',
    notDeployableReason: REASONS[verdict] ?? null,
    tools: description.tools,
    notes: null,
  };
};
