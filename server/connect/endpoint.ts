/** An endpoint as instructions for clients need it. `token` is null unless it was just created: it cannot be shown again. */
export type Endpoint = { name: string; url: string; token: string | null; access: 'TOKEN' | 'OAUTH' | 'PUBLIC' };

export const TOKEN_PLACEHOLDER = 'YOUR_TOKEN';

/** Turns a name into a key that every client's configuration accepts. The scope of a package is left out. */
export function slugOf(name: string): string {
  const slug = name
    .replace(/^@[^/]+\//, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 48)
    .replace(/-+$/, '');
  return slug === '' ? 'server' : slug;
}

/** Tells whether only this computer can reach the address; a client in a cloud cannot. */
export const isLocalUrl = (url: string): boolean => {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.') || hostname.endsWith('.localhost')
  );
};

/** The endpoint as snippets write it. */
export type Target = {
  slug: string;
  url: string;
  access: Endpoint['access'];
  /** The token alone, or its placeholder. */
  token: string;
  /** The whole value of the Authorization header. */
  bearer: string;
  /**
   * The headers of each request, to be spread into a configuration. With OAuth a client gets its own token from the
   * user's consent: a token in its configuration would prevent that.
   */
  headers: { headers?: { Authorization: string } };
};

export function targetOf({ name, url, token, access }: Endpoint): Target {
  const value = token ?? TOKEN_PLACEHOLDER;
  const bearer = `Bearer ${value}`;
  const headers = access === 'TOKEN' ? { headers: { Authorization: bearer } } : {};
  return { slug: slugOf(name), url, access, token: value, bearer, headers };
}
