import { z } from 'zod';
import { readServerDocument, type ServerDocument } from '../analysis/detect/manifests/server-json.ts';
import { githubRepositoryOf } from '../analysis/registries/github-repository.ts';
import { type DeclaredIcon, readIcons } from '../declared-icons.ts';
import { isRecord } from '../is-record.ts';
import type { StoredEntry } from './listed-server.ts';
import { plainText, webUrl } from './plain-text.ts';

/** A cleaned registry entry: texts are one line, addresses are http or https. */
export type RegistryEntry = {
  repository: { url: string; subfolder: string | null } | null;
  websiteUrl: string | null;
  license: string | null;
  listingUrl: string | null;
  packages: RegistryPackage[];
  remotes: { type: string; url: string }[];
};

export type RegistryPackage = {
  /** npm, pypi, oci, nuget, mcpb, or other. */
  type: ServerDocument['packages'][number]['type'];
  identifier: string;
  version: string | null;
  /** Null where the entry does not say: stdio. */
  transport: string | null;
  /** The address of its page for people. */
  url: string | null;
  variables: { name: string; description: string | null; required: boolean; secret: boolean }[];
};

const LIST_MAX = 50;

const storedEntrySchema: z.ZodType<StoredEntry> = z.object({
  document: z.unknown(),
  license: z.string().nullable(),
  listingUrl: z.string().nullable(),
});
const UNREADABLE: StoredEntry = { document: null, license: null, listingUrl: null };

/** Reads the JSON column `RegistryServer.entry`; an empty entry for a row of another version that does not parse. */
export const parseStoredEntry = (column: unknown): StoredEntry =>
  storedEntrySchema.safeParse(column).data ?? UNREADABLE;

/** The server.json of an entry, as the analysis reads it; null when it names neither package nor address. */
export const documentOf = (entry: StoredEntry): ServerDocument | null =>
  readServerDocument(entry.document, { kind: 'REGISTRY', file: null, lineOf: () => null });

export function readEntry(stored: StoredEntry): RegistryEntry {
  const document = documentOf(stored);
  const raw = isRecord(stored.document) ? stored.document : {};
  return {
    repository: repositoryOf(document, raw),
    websiteUrl: webUrl(raw['websiteUrl'] ?? raw['website_url']),
    license: stored.license,
    listingUrl: webUrl(stored.listingUrl),
    packages: (document?.packages ?? []).slice(0, LIST_MAX).map((one) => ({
      type: one.type,
      identifier: plainText(one.identifier, 300) ?? '',
      version: plainText(one.version, 100),
      transport: plainText(one.transport, 40),
      url: packageUrl(one.type, one.identifier),
      variables: one.env.slice(0, LIST_MAX).map((variable) => ({
        name: variable.name,
        description: plainText(variable.description, 500),
        required: variable.requirement !== undefined && variable.requirement !== 'OPTIONAL',
        secret: variable.secret === true,
      })),
    })),
    remotes: (document?.remotes ?? []).slice(0, LIST_MAX).flatMap(({ type, url }) => {
      const shown = plainText(url, 500); // may be a template, which is no URL: shown, never linked
      return shown === null ? [] : [{ type: plainText(type, 40) ?? '', url: shown }];
    }),
  };
}

/** The icons that an entry declares. */
export function iconsOfEntry(column: unknown): DeclaredIcon[] {
  const { document } = parseStoredEntry(column);
  return readIcons(isRecord(document) ? document['icons'] : null);
}

/** `owner/repo` in lower case, where it lies on GitHub. */
export const githubKeyOf = (entry: RegistryEntry): string | null =>
  entry.repository === null ? null : githubRepositoryOf(entry.repository.url);

function repositoryOf(
  document: ServerDocument | null,
  raw: Record<string, unknown>,
): { url: string; subfolder: string | null } | null {
  const given = isRecord(raw['repository']) ? raw['repository']['url'] : undefined;
  const address = document?.repository?.url ?? given;
  const home = typeof address === 'string' ? githubRepositoryOf(address) : null;
  // git@github.com:… and the like are no links
  const url = webUrl(address) ?? (home === null ? null : `https://github.com/${home}`);
  return url === null ? null : { url, subfolder: plainText(document?.repository?.subfolder, 300) };
}

function packageUrl(type: RegistryPackage['type'], identifier: string): string | null {
  const path = identifier.split('/').map(encodeURIComponent).join('/').replaceAll('%40', '@');
  if (type === 'npm') return `https://www.npmjs.com/package/${path}`;
  if (type === 'pypi') return `https://pypi.org/project/${path}/`;
  return webUrl(identifier);
}
