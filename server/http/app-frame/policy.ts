/** The kinds of origins that an MCP app may declare (MCP Apps 2026-01-26, `McpUiResourceCsp`). */
export type AppOrigins = { connect: readonly string[]; resource: readonly string[] };

const ORIGINS_MAX = 30;
const ORIGIN_LENGTH_MAX = 200;
/** A name with at least one dot, so that neither this computer nor an address of a private network is named by a word. */
const ORIGIN =
  /^(?:https|wss):\/\/(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](?::\d{1,5})?$/;

/**
 * Returns the declared origins if each may stand in a policy, else null. Only TLS and names are accepted: an app cannot
 * look at services of the computer on which the browser runs by their address.
 */
export function readOrigins(value: unknown): readonly string[] | null {
  if (value === undefined) return [];
  const origins = (Array.isArray(value) ? value : [value]).filter((origin) => typeof origin === 'string');
  if (origins.length > ORIGINS_MAX) return null;
  return origins.every((origin) => origin.length <= ORIGIN_LENGTH_MAX && ORIGIN.test(origin)) ? origins : null;
}

/**
 * The content security policy of the frame around an MCP app. The app's document inherits it, since it is loaded as
 * `srcdoc`. `sandbox` without `allow-same-origin` gives the frame an opaque origin even where it is opened by itself, so
 * the app reaches neither cookies nor storage nor pages of Catwalk. Scripts and styles are inline, as apps come in one
 * file. `'self'` would mean this server: it names the only page that may embed the frame, and nothing that is loaded.
 */
export function appFramePolicy({ connect, resource }: AppOrigins): string {
  const loaded = ['data:', 'blob:', ...resource].join(' ');
  return [
    'sandbox allow-scripts allow-forms',
    "default-src 'none'",
    `script-src ${["'unsafe-inline'", 'blob:', ...resource].join(' ')}`,
    `style-src ${["'unsafe-inline'", ...resource].join(' ')}`,
    `img-src ${loaded}`,
    `font-src ${loaded}`,
    `media-src ${loaded}`,
    'worker-src blob:',
    `connect-src ${connect.length > 0 ? connect.join(' ') : "'none'"}`,
    "frame-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}
