import type { FileSet } from '../files/file-set.ts';

const bare = (name: string): string => name.replace(/^@[^/]+\//, '');

/**
 * The commands of a manifest, as npm links them: a string means one that is named like the package, and a scope in the
 * name of a command is left out.
 */
export function binsOf(name: string, bin: string | Record<string, string> | undefined): Record<string, string> {
  if (bin === undefined) return {};
  if (typeof bin === 'string') return { [bare(name)]: bin };
  return Object.fromEntries(Object.entries(bin).map(([command, target]) => [bare(command), target]));
}

/** The README nearest to the root. */
export function readmeOf(files: FileSet): string {
  const readmes = files.files.filter(({ path }) => /(?:^|\/)readme\.mdx?$/i.test(path));
  return readmes.sort((a, b) => a.path.split('/').length - b.path.split('/').length)[0]?.text ?? '';
}

/** Packages that make a program speak MCP. */
export const MCP_DEPENDENCIES =
  /^(?:@modelcontextprotocol\/(?:sdk|server|core|node)|fastmcp|mcp-framework|xmcp|mcp-lite|tmcp|mcpez|easy-mcp|@mastra\/mcp|@mcp-use\/.*|mcp-use|mcp-handler|@nestjs-mcp\/.*|litemcp|@punkpeye\/fastmcp)$/;

/** The bin that `npx` would run; else the one that sounds like a server. */
export function chooseBin(name: string, bins: Record<string, string>): string | undefined {
  const names = Object.keys(bins);
  if (names.length < 2) return names[0];
  if (bins[bare(name)] !== undefined) return bare(name);
  const targets = new Set(Object.values(bins));
  if (targets.size === 1) return names[0];
  return (
    names.find((bin) => /mcp/i.test(bin) && !/cli|auth|setup|install|init/i.test(bin)) ??
    names.find((bin) => /mcp|server/i.test(bin)) ??
    names[0]
  );
}

/** `@sentry/mcp-server` → SENTRY; words that every server's name holds say nothing. */
export const nameWords = (name: string): string[] =>
  name
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word.length > 2 && !/^(?:MCP|SERVER|MODELCONTEXTPROTOCOL|API|DEVELOPER|CONTEXT)$/.test(word));
