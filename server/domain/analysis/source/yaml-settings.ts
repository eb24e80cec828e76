import { isScalar, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { launchOf, unreadLaunch } from './client-config.ts';
import { catalogLaunch, catalogSourceLaunch } from './docker-catalog.ts';
import type { Launch } from './launch.ts';
import { refusal } from './refusal.ts';

const record = z.record(z.string(), z.unknown());
const named = z.looseObject({ name: z.string().optional().catch(undefined) });

/** An extension of Goose: a program (`cmd`, `envs`, `env_keys`) or an address (`uri`). */
const extensionSchema = z.looseObject({
  cmd: z.string().optional(),
  args: z.array(z.string()).optional(),
  envs: record.optional(),
  env_keys: z.array(z.string()).optional(),
  uri: z.string().optional(),
});

function gooseLaunch(name: string, value: unknown): Launch | null {
  const { data } = extensionSchema.safeParse(value);
  if (!data) return null;
  const { cmd, args, envs, env_keys: keys, uri, headers } = data;
  const env = { ...Object.fromEntries((keys ?? []).map((key) => [key, null])), ...envs };
  return launchOf(name, cmd === undefined ? { url: uri, headers } : { command: cmd, args, env });
}

/** Each entry of a map or of a list is a server; one that cannot be read stays, so that the person sees it. */
function entriesOf(value: unknown, read: (name: string, entry: unknown) => Launch | null): Launch[] {
  const entries = Array.isArray(value)
    ? value.map((entry, at) => [named.safeParse(entry).data?.name ?? `server-${at + 1}`, entry] as const)
    : Object.entries(record.safeParse(value).data ?? {});
  return entries.map(([name, entry]) => read(name, entry) ?? unreadLaunch(name));
}

/** Files of YAML that belong to a server and start nothing by themselves. */
function refuseFile(document: Record<string, unknown>): void {
  if ('startCommand' in document || (typeof document['runtime'] === 'string' && 'build' in document))
    throw refusal(
      'This is the smithery.yaml of a server: it describes a build of the folder that it lies in.',
      'Paste the repository that holds the file. Its settings are read there.',
    );
  if ('services' in document)
    throw refusal(
      'This is a file of Docker Compose, which starts several containers.',
      'Paste the name of the image of the MCP server, such as ghcr.io/owner/name.',
    );
}

/** Lines that hold nothing, then a key. A line is read in one way alone: with two, the time would double with each line. */
const FIRST_KEY = /^(?:[^\S\n]*(?:#[^\n]*|---[^\S\n]*)?\n)*[A-Za-z_][\w.-]{0,99}:(?:\s|$)/;

/** No block of some servers is longer or nests deeper. */
const YAML_CHARACTERS_MAX = 16_384;
const DEPTH_MAX = 16;
/** How often one anchor is used. Each use is a copy in what is stored. */
const ALIASES_MAX = 4;

/**
 * Reads YAML in the process that serves everybody: bounded in length, depth and copies, with texts alone as names. The
 * parser is not asked to explain errors or to compare names, which takes it longer than reading. Throws for what is not
 * YAML of settings.
 */
function readYaml(text: string): unknown {
  if (text.length > YAML_CHARACTERS_MAX) throw new Error('It is too long.');
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  visit(document, {
    Collection: (_key, _node, path) => {
      if (path.length > 2 * DEPTH_MAX) throw new Error('It nests too deep.'); // a pair and its value are a level
    },
    Pair: (_key, { key }) => {
      if (!isScalar(key)) throw new Error('A name is a text.');
    },
  });
  return document.toJS({ maxAliasCount: ALIASES_MAX });
}

/**
 * Servers in YAML: Continue (`mcpServers`), Goose (`extensions`), the catalog of Docker's MCP gateway (`registry`) and the
 * `server.yaml` that it is made from. Null for other texts. @throws UserError INVALID_SOURCE.
 */
export function launchesInYaml(text: string): Launch[] | null {
  if (!text.includes('\n') || !FIRST_KEY.test(text)) return null;
  let parsed: unknown;
  try {
    parsed = readYaml(text);
  } catch {
    return null; // several lines of something else
  }
  const { data: document } = record.safeParse(parsed);
  if (!document) return null;
  refuseFile(document);
  const servers = document['mcpServers'] ?? document['mcp_servers'];
  if (servers !== undefined) return entriesOf(servers, launchOf);
  if (document['extensions'] !== undefined) return entriesOf(document['extensions'], gooseLaunch);
  if (document['registry'] !== undefined) return entriesOf(document['registry'], catalogLaunch);
  if (!('about' in document || 'image' in document || 'remote' in document)) return null;
  const name = named.parse(document).name ?? null;
  const launch = catalogSourceLaunch(name, document);
  if (launch) return [launch];
  throw refusal(
    'This entry of Docker’s MCP catalog names neither an image nor an address.',
    'Paste the name of its image, such as ghcr.io/owner/name, or the address of the server.',
  );
}
