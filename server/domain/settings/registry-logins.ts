import { parseImageReference } from '#deploy/host/images/image-reference.ts';
import type { RegistryLogin } from '#deploy/host/images/registry-access.ts';

/** A person's logins, each for one registry of container images. */
export type RegistryLogins = ReadonlyMap<string, RegistryLogin>;

const LOGINS_MAX = 10;

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // a broken %-escape
  }
};

/** A registry as references name it: Docker Hub has several names. Null for a text that is no host. */
const registryOf = (host: string): string | null => {
  const reference = parseImageReference(`${host}/name`);
  return reference === null || reference.repository.includes(host) ? null : reference.registry;
};

/**
 * Reads `user:password@registry`, several of them with commas between. As in a web address, `%40` stands for an @ and
 * `%2C` for a comma in a password. Null for another text.
 */
export const parseRegistryLogins = (text: string): RegistryLogins | null => {
  const logins = new Map<string, RegistryLogin>();
  const entries = text.split(',');
  if (entries.length > LOGINS_MAX) return null;
  for (const entry of entries) {
    const [, user = '', secret = '', host = ''] = /^([^:@/]{1,200}):(.{1,4000})@([^@/]{1,253})$/.exec(entry) ?? [];
    const [username, password, registry] = [decoded(user), decoded(secret), registryOf(host)];
    if (!username || !password || registry === null || logins.has(registry)) return null;
    logins.set(registry, { username, password });
  }
  return logins;
};
