import type { Node } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { z } from 'zod';
import { createLineIndex } from '../files/line-index.ts';
import { parseTolerantTree } from '../files/tolerant-json.ts';
import { splitCommandLine } from './command-words.ts';
import type { Launch, LaunchInput } from './launch.ts';
import { headersOfEntry } from './remote-headers.ts';

/** A launch in a block of text; `line` counts from 1 within the block. */
export type FoundLaunch = { launch: Launch; line: number };

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** The shapes that clients use: Claude, Cursor, VS Code, Zed, Codex, Windsurf, OpenCode. */
const entrySchema = z.looseObject({
  command: z
    .union([
      z.string(),
      z.array(scalar),
      z.looseObject({
        path: z.string(),
        args: z.array(scalar).optional(),
        env: z.record(z.string(), z.unknown()).optional(),
      }),
    ])
    .optional(),
  args: z.array(scalar).optional(),
  env: z.record(z.string(), z.unknown()).optional(),
  environment: z.record(z.string(), z.unknown()).optional(),
  url: z.string().optional(),
  serverUrl: z.string().optional(),
  httpUrl: z.string().optional(),
});

const envOf = (env: Record<string, unknown> | undefined): Launch['env'] => {
  const names: Launch['env'] = {};
  for (const [name, value] of Object.entries(env ?? {})) {
    const parsed = scalar.safeParse(value);
    names[name] = parsed.success ? parsed.data : null;
  }
  return names;
};

const LINE = /^(?:npx|bunx|pnpx|uvx|uv|pipx|docker|podman|pnpm|yarn|bun|npm|node|deno|python3?|cmd|env)\s/;

/** One entry, or null when it has neither a command nor an address. */
export function launchOf(name: string | null, value: unknown): Launch | null {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) return null;
  const { command, args, env, environment, url, serverUrl, httpUrl } = parsed.data;
  const address = url ?? serverUrl ?? httpUrl ?? null;
  if (command === undefined) {
    if (!address) return null;
    const headers = headersOfEntry(value);
    const given = Object.keys(headers).length > 0 ? { headers } : {};
    return { name, command: null, args: [], env: envOf(env), url: address, ...given };
  }
  if (typeof command === 'string') {
    // some write the whole line into the command; a path of a program may hold spaces too
    const [program = '', ...words] = LINE.test(command) ? splitCommandLine(command) : [command];
    return { name, command: program, args: [...words, ...(args ?? [])], env: envOf(env ?? environment), url: null };
  }
  if (Array.isArray(command)) {
    const [program, ...rest] = command;
    return program ? { name, command: program, args: rest, env: envOf(env ?? environment), url: null } : null;
  }
  return { name, command: command.path, args: command.args ?? [], env: envOf(command.env ?? env), url: null };
}

/** An entry of a block that names neither a program nor an address: it stays in the result, so that the person sees it. */
export const unreadLaunch = (name: string | null): Launch => ({ name, command: null, args: [], env: {}, url: null });

const CONTAINERS = new Set(['mcpServers', 'servers', 'mcp_servers', 'mcp.servers', 'context_servers', 'mcp']);

const toValue = (node: Node): unknown => {
  if (node.type === 'object') {
    const entries = (node.children ?? []).flatMap((property) => {
      const [key, value] = property.children ?? [];
      return key && value ? [[String(key.value), toValue(value)] as const] : [];
    });
    return Object.fromEntries(entries);
  }
  return node.type === 'array' ? (node.children ?? []).map(toValue) : node.value;
};

const properties = (node: Node) =>
  (node.type === 'object' ? (node.children ?? []) : []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key && value ? [{ name: String(key.value), value, offset: property.offset }] : [];
  });

type Entry = { name: string | null; node: Node; offset: number };

/** A list of servers, each of which carries its name inside. */
const listed = (list: Node): Entry[] =>
  (list.children ?? []).flatMap((node) =>
    node.type === 'object' ? { name: nameIn(node), node, offset: node.offset } : [],
  );

/** Every server entry anywhere below a node, named by its key. With `all`, entries of a container count whatever they hold. */
function* entriesBelow(node: Node, inContainer: boolean, depth: number, all: boolean): Generator<Entry> {
  if (depth > 8) return;
  for (const { name, value, offset } of properties(node)) {
    if (value.type === 'array' && CONTAINERS.has(name)) yield* listed(value);
    if (value.type !== 'object') {
      if (all && inContainer) yield { name, node: value, offset };
      continue;
    }
    const own = new Set(properties(value).map((property) => property.name));
    const isEntry =
      own.has('command') || (inContainer && (own.has('url') || own.has('serverUrl') || own.has('httpUrl')));
    const below = isEntry ? [] : [...entriesBelow(value, CONTAINERS.has(name), depth + 1, all)];
    if (isEntry || (all && inContainer && below.length === 0)) yield { name, node: value, offset };
    yield* below;
  }
}

/** An entry on its own may carry its name inside, as VS Code's links do. */
const nameIn = (entry: Node): string | null => {
  const name = properties(entry).find((property) => property.name === 'name')?.value.value;
  return typeof name === 'string' ? name : null;
};

const inputSchema = z.looseObject({
  id: z.string(),
  description: z.string().nullish().catch(null),
  password: z.boolean().nullish().catch(null),
  default: scalar.nullish().catch(null),
  options: z.array(scalar).nullish().catch(null),
});

/** The `inputs` of a VS Code file, which stand beside the servers. */
function inputsBelow(node: Node, depth = 0): LaunchInput[] {
  for (const { name, value } of depth > 3 ? [] : properties(node)) {
    if (name === 'inputs' && value.type === 'array') {
      const { data } = z.array(inputSchema).safeParse(toValue(value));
      if (data) {
        return data.map((one) => ({
          id: one.id,
          description: one.description ?? null,
          isSecret: one.password === true,
          default: one.default ?? null,
          choices: one.options ?? [],
        }));
      }
    }
    const found = inputsBelow(value, depth + 1);
    if (found.length > 0) return found;
  }
  return [];
}

const ADDRESSES = ['url', 'serverUrl', 'httpUrl'];
/** The settings that an extension of Gemini CLI asks for, each with its variable. */
const settingsSchema = z.looseObject({ settings: z.array(z.looseObject({ envVar: z.string() })) });

const HTTP_TYPES = /^(?:http|sse|streamable-?http|remote)$/i;

/** Reports whether an object is one entry: it starts a program, or it has an address and is called a server. */
function isEntryAlone(root: Node, isNamedServer: boolean): boolean {
  const own = new Map(properties(root).map(({ name, value }) => [name, value] as const));
  if (own.has('command')) return true;
  const type = own.get('type')?.value;
  return ADDRESSES.some((name) => own.has(name)) && (isNamedServer || HTTP_TYPES.test(String(type)));
}

/**
 * Servers in a JSON text, as tolerant as the editors that read it: comments, trailing commas, missing braces. Links and
 * commands that add a server hold one entry alone, which may be an address (`isNamedServer`). With `keepsUnread`, an
 * entry that names nothing to start is a launch of nothing.
 */
export function launchesInJson(text: string, { isNamedServer = false, keepsUnread = false } = {}): FoundLaunch[] {
  const trimmed = text.replace(/^(?:\s|\/\/[^\n]*\n|#[^\n]*\n|\/\*[\s\S]*?\*\/)*/, '');
  if (trimmed === '') return [];
  // a fragment such as `"github": { "command": … }` is an object that lost its braces
  const isWhole = trimmed.startsWith('{');
  const shift = isWhole ? trimmed.length - text.length : 1; // what the offsets are off by
  const wrapped = isWhole ? trimmed : `{${text}}`;
  const root = parseTolerantTree(wrapped);
  if (root?.type !== 'object') return [];
  const found = isEntryAlone(root, isNamedServer)
    ? [{ name: nameIn(root), node: root, offset: root.offset }]
    : [...entriesBelow(root, false, 0, keepsUnread)];
  const inputs = inputsBelow(root);
  const asked = settingsSchema.safeParse(toValue(root)).data?.settings ?? [];
  const lineAt = createLineIndex(text);
  return found.flatMap(({ name, node, offset }) => {
    const launch = launchOf(name, toValue(node)) ?? (keepsUnread ? unreadLaunch(name) : null);
    if (launch && inputs.length > 0) launch.inputs = inputs;
    if (launch?.command) for (const { envVar } of asked) launch.env[envVar] ??= null;
    return launch ? [{ launch, line: lineAt(Math.max(0, offset - shift)) }] : [];
  });
}

const TOML_SERVERS_MAX = 200;

/** Servers in TOML, as Codex keeps them: `[mcp_servers.name]`. */
export function launchesInToml(text: string, { keepsUnread = false } = {}): FoundLaunch[] {
  let parsed: unknown;
  try {
    parsed = parseToml(text);
  } catch {
    return []; // most fenced blocks are not TOML
  }
  const tables = z.looseObject({ mcp_servers: z.record(z.string(), z.unknown()) }).safeParse(parsed);
  if (!tables.success) return [];
  const lineAt = createLineIndex(text);
  return Object.entries(tables.data.mcp_servers)
    .slice(0, TOML_SERVERS_MAX)
    .flatMap(([name, value]) => {
      const launch = launchOf(name, value) ?? (keepsUnread ? unreadLaunch(name) : null);
      return launch ? [{ launch, line: lineAt(Math.max(0, text.indexOf(`mcp_servers.${name}`))) }] : [];
    });
}
