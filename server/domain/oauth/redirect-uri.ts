const LOOPBACK_HOSTS = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** Schemes that browsers act upon themselves instead of handing them to a program. */
const BROWSER_SCHEMES = [
  'javascript',
  'data',
  'vbscript',
  'file',
  'blob',
  'about',
  'filesystem',
  'view-source',
  'ws',
  'wss',
  'ftp',
  'chrome',
  'resource',
];
/**
 * Schemes that operating systems give to programs of their own, which act on what the address says: they dial, write
 * messages, open settings, mount folders or start other programs.
 */
const SYSTEM_SCHEMES = [
  ...['mailto', 'tel', 'callto', 'sms', 'smsto', 'mms', 'mmsto', 'facetime', 'facetime-audio', 'sip', 'sips', 'xmpp'],
  ...['intent', 'android-app', 'market', 'content', 'geo', 'maps', 'itms', 'itms-apps', 'itms-services', 'webcal'],
  ...['help', 'hcp', 'search', 'search-ms', 'shell', 'res', 'mk', 'mhtml', 'jar', 'prefs', 'app-settings'],
  ...['x-apple', 'x-help-script', 'applescript', 'shortcuts', 'workflow', 'afp', 'smb', 'nfs', 'dav', 'davs', 'sftp'],
  ...['ssh', 'telnet', 'rlogin', 'vnc', 'rdp', 'ldap', 'ldaps', 'news', 'nntp', 'snews', 'gopher', 'irc', 'ircs'],
  ...['magnet', 'steam', 'apt', 'dict', 'man', 'info', 'ghelp', 'trash', 'admin', 'microsoft-edge', 'bingmaps'],
];
const FORBIDDEN_SCHEMES = new Set([...BROWSER_SCHEMES, ...SYSTEM_SCHEMES].map((scheme) => `${scheme}:`));
/** Families of such schemes: `ms-settings`, `ms-word`, `x-apple.systempreferences`, `moz-extension` and the like. */
const FORBIDDEN_FAMILIES = ['ms-', 'x-apple', 'com.apple.', 'windows-', 'windows.', 'moz-', 'chrome-', 'org.gnome.'];
const CHARACTERS_MAX = 2_000;

/**
 * Decides whether responses may go to an address: a website over HTTPS, a program on the person's own computer (RFC
 * 8252, section 7.3; whatever its `application_type`, which many clients leave out), or a program that owns a scheme,
 * such as `cursor://` (section 7.1).
 */
export function isAllowedRedirectUri(text: string): boolean {
  if (text.length > CHARACTERS_MAX || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.hash !== '' || text.includes('#') || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  if (url.protocol === 'http:') return LOOPBACK_HOSTS.has(url.hostname);
  return !FORBIDDEN_SCHEMES.has(url.protocol) && !FORBIDDEN_FAMILIES.some((family) => url.protocol.startsWith(family));
}

/** Removes the port of a loopback address, which the system picks for each start of a program. */
export function withoutLoopbackPort(text: string): string {
  const url = new URL(text);
  if (url.protocol !== 'http:' || !LOOPBACK_HOSTS.has(url.hostname)) return text;
  url.port = '';
  return url.href;
}

/** Exact, but for the port of a loopback address (OAuth 2.1, section 2.3.1; RFC 8252, section 7.3). */
export const matchesRedirectUri = (registered: readonly string[], given: string): boolean =>
  isAllowedRedirectUri(given) && registered.some((one) => withoutLoopbackPort(one) === withoutLoopbackPort(given));

/**
 * Reports whether an address leads to a program that listens on the person's own computer. Anyone can register a
 * website, and any page can start the program of a scheme, so that errors go to those two through a page.
 */
export const isLoopback = (text: string): boolean => {
  const url = new URL(text);
  return url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname);
};

/** Returns what a person can recognize: a host, an app on this computer, or the app that owns a scheme. */
export function describeRedirect(text: string): string {
  const url = new URL(text);
  if (url.protocol === 'https:') return url.host;
  return url.protocol === 'http:' ? 'an app on this computer' : `the app for ${url.protocol}//`;
}
