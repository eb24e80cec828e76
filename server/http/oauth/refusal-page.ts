const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/** What a person sees whose client asked for something that cannot be answered anywhere else. */
export const refusalPage = (why: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Cannot connect · Catwalk</title>
<link rel="stylesheet" href="/sign-in/link.css">
<body>
<main>
<h1>This client cannot be connected</h1>
<p>${escapeHtml(why)}</p>
<p><a href="/deployments">To the dashboard</a></p>
</main>
</body>
</html>
`;
