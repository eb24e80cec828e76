export type Access = 'TOKEN' | 'OAUTH' | 'PUBLIC';

export type Endpoint = { name: string; url: string; token: string | null; access: Access };

export type Snippet = { label: string; code: string; caption?: string; wrap?: boolean };

/**
 * The page that describes the client, and when its guide was last compared with that page: null where the page itself
 * could not be read. `help`: the client's own `--help` was read as well.
 */
export type GuideSource = { url: string; checked: string | null; help?: string };

export type ClientGuide = {
  key: string;
  label: string;
  /** The instructions, in one or two sentences. */
  steps: string;
  snippets: Snippet[];
  /** A link that opens the client with the endpoint filled in. */
  deepLink?: { label: string; href: string };
  /** The client runs in a cloud, which cannot reach an address of this computer. */
  isCloud?: boolean;
  /** Matches the name by which the client introduces itself to the server; absent where it has none of its own. */
  announces?: RegExp;
  source: GuideSource;
};

export const TOKEN_PLACEHOLDER = 'YOUR_TOKEN';

/** The endpoint as the snippets need it, with the headers of each request. */
export type Target = {
  slug: string;
  url: string;
  access: Access;
  /** The whole value of the Authorization header. */
  bearer: string;
  /** The token alone. */
  token: string;
  headers: { headers?: { Authorization: string } };
};

/** Turns a name into a key that every client's configuration accepts. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'server';

export const json = (value: unknown): string => JSON.stringify(value, null, 2);

export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

export const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Tells whether only this computer can reach the address; a client in a cloud cannot. */
export const isLocalUrl = (url: string): boolean => {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.') || hostname.endsWith('.localhost')
  );
};

const CONSENT = 'Your browser opens; click Allow.';

/** Ends the instructions where the client asks a person to sign in. */
export const withConsent = (steps: string, { access }: Pick<Target, 'access'>): string =>
  access === 'OAUTH' ? `${steps} ${CONSENT}` : steps;

/** The header of each request as an option of a command line; empty where none is sent. */
export const headerOption = ({ access, bearer }: Target): string =>
  access === 'TOKEN' ? ` --header "Authorization: ${bearer}"` : '';

/** The instructions for a client that runs in a cloud. */
export function cloudSteps(client: string, where: string, { url, access }: Target): string {
  if (isLocalUrl(url)) {
    return `${client} runs in a cloud and can’t reach this computer. Set a public address for Catwalk first (PUBLIC_URL), or connect a client on this computer.`;
  }
  if (access === 'TOKEN') {
    return `${client} can’t send a fixed token. Set the access of this deployment to OAuth, then: ${where}`;
  }
  return `${where}${access === 'OAUTH' ? ` ${CONSENT}` : ''}`;
}
