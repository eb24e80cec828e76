const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const CLIENT = 'This client cannot be connected';
const TO_DASHBOARD = { href: '/deployments', text: 'To the dashboard' };

/** The page for a person whose client made an impossible request, with a link to continue. */
export const refusalPage = (why: string, { href, text } = TO_DASHBOARD, title = CLIENT): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Cannot connect · Catwalk</title>
<link rel="stylesheet" href="/sign-in/link.css">
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(why)}</p>
<p><a href="${escapeHtml(href)}" rel="noreferrer">${escapeHtml(text)}</a></p>
</main>
</body>
</html>
`;
