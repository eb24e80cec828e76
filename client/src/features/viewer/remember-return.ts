const LIFETIME_SECONDS = 15 * 60;

/**
 * Remembers the page for a sign-in by link. The link opens in a page of its own, which does not know the history of
 * this one, so a cookie carries the path; only the sign-in receives it. The fragment is left out: it may hold a code.
 */
export function rememberReturn(path: string): void {
  const secure = location.protocol === 'https:' ? '; secure' : '';
  const attributes = `path=/sign-in; max-age=${LIFETIME_SECONDS}; samesite=lax${secure}`;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs a secure context
  document.cookie = `catwalk.return=${encodeURIComponent(path)}; ${attributes}`;
}
