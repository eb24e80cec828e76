const LOOPBACK_HOSTS = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** Schemes that browsers act upon themselves instead of handing them to a program. */
const FORBIDDEN_SCHEMES = new Set(
  ['javascript', 'data', 'vbscript', 'file', 'blob', 'about', 'filesystem', 'view-source', 'ws', 'wss', 'ftp'].map(
    (scheme) => `${scheme}:`,
  ),
);
const CHARACTERS_MAX = 2_000;

/**
 * Whether answers may be sent there: a website over HTTPS, a program on the person's own computer (RFC 8252, section
 * 7.3; whatever its `application_type`, which many clients leave out), or one that owns a scheme (section 7.1).
 */
export function isAllowedRedirectUri(text: string): boolean {
  if (text.length > CHARACTERS_MAX || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.hash !== '' || text.includes('#') || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  if (url.protocol === 'http:') return LOOPBACK_HOSTS.has(url.hostname);
  return !FORBIDDEN_SCHEMES.has(url.protocol);
}

/** As it is kept and compared: without the port of a loopback address, which the system picks anew each time. */
export function withoutLoopbackPort(text: string): string {
  const url = new URL(text);
  if (url.protocol !== 'http:' || !LOOPBACK_HOSTS.has(url.hostname)) return text;
  url.port = '';
  return url.href;
}

/** Exact, but for the port of a loopback address (OAuth 2.1, section 2.3.1; RFC 8252, section 7.3). */
export const matchesRedirectUri = (registered: readonly string[], given: string): boolean =>
  isAllowedRedirectUri(given) && registered.some((one) => withoutLoopbackPort(one) === withoutLoopbackPort(given));

/** A website, where anybody may have registered one: it is opened by the person, not by us. */
export const isWebsite = (text: string): boolean => new URL(text).protocol === 'https:';

/** What a person can recognize of it: a host, a program on this computer, or the one that owns a scheme. */
export function describeRedirect(text: string): string {
  const url = new URL(text);
  if (url.protocol === 'https:') return url.host;
  return url.protocol === 'http:' ? 'a program on this computer' : `the program for ${url.protocol}//`;
}
