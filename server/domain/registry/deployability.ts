import type { RegistryStatus } from '#prisma/generated/client/enums.ts';
import { githubKeyOf, type RegistryEntry } from './entry.ts';

/** Decides whether Catwalk can deploy a listed server, as far as its entry shows; the analysis has the last word. */
export type Deployability = { deployable: true; reason: null } | { deployable: false; reason: string };

const no = (reason: string): Deployability => ({ deployable: false, reason });

export function deployabilityOf(entry: RegistryEntry, status: RegistryStatus): Deployability {
  if (status === 'DELETED') return no('The registry does not list this server any more.');
  const installable = entry.packages.filter(({ type }) => type === 'npm' || type === 'pypi');
  if (installable.length > 0 || entry.packages.some(({ type }) => type === 'mcpb' || type === 'oci'))
    return { deployable: true, reason: null };
  if (entry.remotes.some(({ type }) => type !== 'sse')) return { deployable: true, reason: null };
  if (entry.packages.length === 0 && entry.remotes.length === 0) {
    return githubKeyOf(entry) === null
      ? no('The entry names neither a package nor a repository on GitHub to install it from.')
      : { deployable: true, reason: null };
  }
  const types = new Set(entry.packages.map(({ type }) => type));
  if (types.has('nuget')) return no('It comes as a .NET package; Catwalk installs from npm and PyPI.');
  if (entry.packages.length > 0) return no('It is published where Catwalk does not install from; npm and PyPI work.');
  return no('It runs elsewhere over HTTP+SSE of 2024-11-05 alone; Catwalk relays to servers with Streamable HTTP.');
}

/** The source to analyze for it: its name, which the registry vouches for, else its repository. */
export function sourceOf(name: string, entry: RegistryEntry, isVouched: boolean): string | null {
  if (isVouched && entry.packages.length + entry.remotes.length > 0) return `registry:${name}`;
  return entry.repository?.url ?? null;
}
