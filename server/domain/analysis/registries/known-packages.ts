/**
 * Well-known MCP servers on npm. A name that is nearly one of these is a likely typing error, and a likely trap.
 * Not a list of what may be deployed.
 */
export const KNOWN_NPM_PACKAGES: readonly string[] = [
  '@modelcontextprotocol/server-everything',
  '@modelcontextprotocol/server-filesystem',
  '@modelcontextprotocol/server-memory',
  '@modelcontextprotocol/server-sequential-thinking',
  '@modelcontextprotocol/server-github',
  '@modelcontextprotocol/server-postgres',
  '@modelcontextprotocol/server-puppeteer',
  '@modelcontextprotocol/server-slack',
  '@modelcontextprotocol/server-brave-search',
  '@modelcontextprotocol/server-google-maps',
  '@modelcontextprotocol/server-gitlab',
  '@modelcontextprotocol/server-redis',
  '@modelcontextprotocol/server-gdrive',
  '@modelcontextprotocol/server-everart',
  '@brave/brave-search-mcp-server',
  '@notionhq/notion-mcp-server',
  '@playwright/mcp',
  '@sentry/mcp-server',
  '@stripe/mcp',
  '@supabase/mcp-server-supabase',
  '@upstash/context7-mcp',
  '@heroku/mcp-server',
  '@hubspot/mcp-server',
  '@azure/mcp',
  '@cloudflare/mcp-server-cloudflare',
  '@elastic/mcp-server-elasticsearch',
  '@browserbasehq/mcp-server-browserbase',
  '@benborla29/mcp-server-mysql',
  'airtable-mcp-server',
  'chrome-devtools-mcp',
  'exa-mcp-server',
  'figma-developer-mcp',
  'firecrawl-mcp',
  'kubernetes-mcp-server',
  'mcp-server-kubernetes',
  'mongodb-mcp-server',
  'obsidian-mcp',
  'puppeteer-mcp-server',
  'tavily-mcp',
];

/** Damerau–Levenshtein (adjacent swaps count one), given up beyond `max`. */
export function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) > max) return max + 1;
    [before, previous] = [previous, row];
  }
  return previous[b.length] ?? max + 1;
}

const bare = (name: string): string => name.replace(/^@[^/]+\//, '');

/** The well-known package that this name was probably meant to be; null when it is one, or is not near any. */
export function closestKnownPackage(name: string): string | null {
  const lower = name.toLowerCase();
  if (KNOWN_NPM_PACKAGES.includes(lower)) return null;
  const max = lower.length < 8 ? 1 : 2;
  const distances = KNOWN_NPM_PACKAGES.map((known) => ({ known, distance: editDistance(lower, known, max) }));
  const near = distances.filter(({ distance }) => distance <= max).sort((a, b) => a.distance - b.distance)[0];
  // a scope that was forgotten, or another one: server-memory, @mcp/server-memory
  return (
    near?.known ?? KNOWN_NPM_PACKAGES.find((known) => known.startsWith('@') && bare(known) === bare(lower)) ?? null
  );
}
