import type { ReadResourceResult } from '@modelcontextprotocol/client';
import { isObject } from '../../schema-form/node.ts';

/** The media type of an MCP app (MCP Apps 2026-01-26). */
export const APP_MIME_TYPE = 'text/html;profile=mcp-app';
/** The name of the extension in the capabilities of a client. */
export const APPS_EXTENSION = 'io.modelcontextprotocol/ui';

const HTML_LENGTH_MAX = 8_000_000;

export type AppResource = {
  html: string;
  /** The origins to which the app wants to send requests. */
  connect: readonly string[];
  /** The origins from which the app wants to load scripts, styles, images, fonts and media. */
  resource: readonly string[];
  /** What the app declares and no frame allows. */
  refused: readonly string[];
};

const uiOf = (meta: unknown): Record<string, unknown> => (isObject(meta) && isObject(meta['ui']) ? meta['ui'] : {});

/** Returns the URI of the app that shows a tool's results; null where the tool has none. */
export function appUriOf(meta: unknown): string | null {
  // The second spelling is the deprecated one, which older servers send.
  const uri = uiOf(meta)['resourceUri'] ?? (isObject(meta) ? meta['ui/resourceUri'] : undefined);
  return typeof uri === 'string' && uri.startsWith('ui://') ? uri : null;
}

/** Tells whether an app may call a tool: a tool that names no audience is for models and apps. */
export function isForApps(meta: unknown): boolean {
  const audience = uiOf(meta)['visibility'];
  return !Array.isArray(audience) || audience.includes('app');
}

/** Reads the resource of an app. Throws an error with a sentence for people if it is not an app. */
export function appResourceOf({ contents }: ReadResourceResult): AppResource {
  const content = contents.find(({ mimeType }) => mimeType?.replaceAll(' ', '').toLowerCase() === APP_MIME_TYPE);
  if (!content) throw new Error(`The server names an app, but the resource does not have the type ${APP_MIME_TYPE}.`);
  const html = 'text' in content ? content.text : decoded(content.blob);
  if (html.length > HTML_LENGTH_MAX) throw new Error('The app is larger than 8 MB.');
  const csp = uiOf(content._meta)['csp'];
  const declared = isObject(csp) ? csp : {};
  const connect = textsOf(declared['connectDomains']);
  const resource = textsOf(declared['resourceDomains']);
  const other = [...textsOf(declared['frameDomains']), ...textsOf(declared['baseUriDomains'])];
  return {
    html,
    connect: originsOf(connect),
    resource: originsOf(resource),
    refused: [...new Set([...connect, ...resource].filter((text) => originOf(text) === null).concat(other))],
  };
}

const decoded = (base64: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const originsOf = (texts: readonly string[]): string[] => [
  ...new Set(texts.map(originOf).filter((origin) => origin !== null)),
];

/**
 * Returns the origin if a frame may use it: over TLS, and by a public name, so that no app looks at services of this
 * computer or its network. The server refuses the same (`server/http/app-frame/policy.ts`).
 */
function originOf(text: string): string | null {
  const url = URL.parse(text);
  if (!url || !['https:', 'wss:'].includes(url.protocol) || url.username !== '' || url.password !== '') return null;
  const isName = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(url.hostname);
  return isName && url.pathname === '/' && url.search === '' ? `${url.protocol}//${url.host}` : null;
}

/** The address of the frame in which an app runs, with the origins that its policy allows. */
export function appFrameAddress({ connect, resource }: Pick<AppResource, 'connect' | 'resource'>): string {
  const query = new URLSearchParams([
    ...connect.map((origin) => ['connect', origin]),
    ...resource.map((origin) => ['resource', origin]),
  ]);
  return query.size > 0 ? `/app-frame?${query}` : '/app-frame';
}
