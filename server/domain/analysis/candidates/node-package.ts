import type { describeServer } from '../detect/describe-server.ts';
import { MCP_DEPENDENCIES } from '../detect/package-facts.ts';
import type { FileSet } from '../files/file-set.ts';
import type { Verdict } from '../result.ts';
import type { LaunchTarget } from '../source/launch.ts';

/** The facts that decide what a Node package is, published or not. */
export type NodePackage = {
  name: string;
  description: string | null;
  bins: Record<string, string>;
  dependencies: string[];
  keywords: string[];
  mcpName: string | null;
  files: FileSet;
};

/** Decides whether a package is an MCP server, a part of MCP servers, or neither. */
export function verdictOf({ name, description, bins, dependencies, keywords, mcpName, files }: NodePackage): Verdict {
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
  return speaks || says ? 'MCP_SERVER' : 'NOT_MCP';
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
