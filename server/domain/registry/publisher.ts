/** The publisher that the MCP registry accepts for a name: the one that proved ownership of its namespace. */
export type Publisher = { kind: 'GITHUB' | 'DOMAIN'; name: string };

/** `io.github.owner/server` belongs to a GitHub account, `com.example.api/server` to the domain api.example.com. */
export function publisherOf(name: string): Publisher | null {
  const namespace = name.slice(0, Math.max(name.indexOf('/'), 0));
  if (namespace === '') return null;
  const account = /^io\.github\.([^.]+)$/.exec(namespace)?.[1];
  if (account !== undefined) return { kind: 'GITHUB', name: account };
  return { kind: 'DOMAIN', name: namespace.split('.').reverse().join('.') };
}
