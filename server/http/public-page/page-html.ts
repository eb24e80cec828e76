import type { PublicPage } from '#server/domain/deployments/public-page/read-public-page.ts';

/** How one client is set up, as the page shows it. */
export type Guide = { key: string; label: string; steps: string; snippets: { label: string; code: string }[] };
export type GuidesFor = (endpoint: {
  name: string;
  url: string;
  token: null;
  access: PublicPage['access'];
}) => readonly Guide[];

const SHOWN_CLIENTS = ['claude-code', 'cursor', 'vscode', 'claude', 'other'];
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names and descriptions are texts of strangers: they reach the page as text alone. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => ENTITIES[one] ?? '');

const ACCESS: Readonly<Record<PublicPage['access'], string>> = {
  PUBLIC: 'Anyone can call this server without a token.',
  TOKEN: 'You need an access token. Ask the owner of this server for one.',
  OAUTH: 'Your client opens a browser to sign in. The owner decides who has access.',
};

/**
 * The address that the page gives. Clients that sign in compare it with the OAuth metadata, which names the id
 * (RFC 9728, section 3.3).
 */
export function addressOf(publicUrl: string, { id, slug, access, view }: PublicPage): string {
  return `${publicUrl}/api/mcp/${access === 'OAUTH' ? id : slug}${view === null ? '' : `/v/${view}`}`;
}

/** The page as HTML without any script. Its style is a file of the dashboard, as the content policy wants. */
export function pageHtml(publicUrl: string, page: PublicPage, guidesFor: GuidesFor): string {
  const { name, text, access, slug, isAvailable, tools } = page;
  const url = addressOf(publicUrl, page);
  const guides = guidesFor({ name, url, token: null, access }).filter(({ key }) => SHOWN_CLIENTS.includes(key));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(name)} · MCP server</title>
<link rel="icon" type="image/svg+xml" href="/icon.svg">
<link rel="stylesheet" href="/public-page.css">
</head>
<body>
<main>
<h1>${escaped(name)}</h1>
<p class="state">MCP server · ${isAvailable ? 'available' : 'unavailable at the moment'}</p>
${text === '' ? '' : `<p class="text">${escaped(text)}</p>`}
<h2>Connect</h2>
<p>${ACCESS[access]}</p>
<pre><code>${escaped(url)}</code></pre>
${guides
  .map(
    ({ label, steps, snippets }) => `<details>
<summary>${escaped(label)}</summary>
<p>${escaped(steps)}</p>
${snippets.map(({ label: what, code }) => `<p class="label">${escaped(what)}</p>\n<pre><code>${escaped(code)}</code></pre>`).join('\n')}
</details>`,
  )
  .join('\n')}
${tools === null ? '' : toolsHtml(tools)}
<h2>Badge</h2>
<p><img src="/p/${escaped(slug)}/badge.svg" alt="MCP badge" height="20"></p>
<pre><code>${escaped(`[![MCP](${publicUrl}/p/${slug}/badge.svg)](${publicUrl}/p/${slug})`)}</code></pre>
</main>
</body>
</html>
`;
}

const toolsHtml = (
  tools: NonNullable<PublicPage['tools']>,
): string => `<h2>${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}</h2>
<dl>
${tools.map(({ name, description }) => `<dt><code>${escaped(name)}</code></dt>\n<dd>${escaped(description ?? '')}</dd>`).join('\n')}
</dl>`;

/** The answer for a page that is off and for an address that leads nowhere: nothing tells one from the other. */
export const NOT_FOUND_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Not found</title>
<link rel="stylesheet" href="/public-page.css">
</head>
<body><main><h1>Not found</h1><p>There is no page at this address. Ask the owner of the server for the right one.</p></main></body>
</html>
`;
