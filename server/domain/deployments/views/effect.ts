import type { ViewRules } from '#deploy/host/view-contract.ts';
import { compileView } from '#deploy/host/views/compiled-view.ts';
import { matchesPattern, matchesUriPattern } from '#deploy/host/views/pattern.ts';
import { showList } from '#deploy/host/views/shown-list.ts';
import { isRecord } from '#server/domain/is-record.ts';
import type { Snapshot } from '../rows/snapshot.ts';

/** English text and JSON have about four characters a token with the tokenizers of today's models. */
const CHARACTERS_PER_TOKEN = 4;

/** A tool of the server, and how the view shows it. */
export type ToolEffect = { name: string; shownName: string | null; description: string | null };

/** The part that clients of a view see, beside all that the server has. Tokens are estimated from the characters of `tools/list`. */
export type ViewEffect = {
  toolsBefore: number;
  toolsAfter: number;
  tokensBefore: number;
  tokensAfter: number;
  tools: ToolEffect[];
  /** Sentences about rules that do nothing, or that lead to calls that fail. */
  notes: string[];
};

const NO_HIDDEN: ReadonlySet<string> = new Set();

const defined = ([, value]: [string, unknown]): boolean => value !== null && value !== undefined;

/** The answer to `tools/list` as the snapshot has it. */
const toolsList = ({ tools }: Snapshot): string =>
  JSON.stringify({ tools: tools.map((tool) => Object.fromEntries(Object.entries(tool).filter(defined))) });

const tokensOf = (text: string): number => Math.ceil([...text].length / CHARACTERS_PER_TOKEN);

const requiredOf = (schema: unknown): unknown[] =>
  isRecord(schema) && Array.isArray(schema['required']) ? schema['required'] : [];

const notesOn = (rules: ViewRules, { tools, prompts, resources, instructions }: Snapshot): string[] => {
  const notes: string[] = [];
  const compiled = compileView(rules);
  const names = tools.map(({ name }) => name);
  const check = (what: string, patterns: readonly string[], all: string[], matches: typeof matchesPattern) => {
    for (const pattern of patterns)
      if (!all.some((one) => matches(pattern, one)))
        notes.push(`“${pattern}” matches no ${what} of the current release.`);
  };
  check('tool', [...(rules.tools.allow ?? []), ...rules.tools.deny], names, matchesPattern);
  check(
    'prompt',
    [...(rules.prompts.allow ?? []), ...rules.prompts.deny],
    prompts.map(({ name }) => name),
    matchesPattern,
  );
  const uris = resources.map(({ uri }) => uri);
  check('resource', [...(rules.resources.allow ?? []), ...rules.resources.deny], uris, matchesUriPattern);
  for (const [name, change] of Object.entries(rules.tools.changes)) {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) {
      notes.push(`The current release has no tool “${name}” to change.`);
      continue;
    }
    const required = requiredOf(tool.inputSchema);
    for (const [argument, rule] of Object.entries(change.arguments ?? {}))
      if ('hidden' in rule && required.includes(argument))
        notes.push(
          `Calls to “${name}” will fail: its required argument “${argument}” is hidden. Give it a fixed value.`,
        );
  }
  for (const name of names)
    if (compiled.shownTool(name) === null && Object.values(rules.tools.changes).some((change) => change.name === name))
      notes.push(`Another tool has the name “${name}” in this view, which hides the tool that the server calls so.`);
  const hidden = names.filter((name) => compiled.shownTool(name) !== name);
  const named = hidden.filter((name) => rules.instructions === null && (instructions ?? '').includes(name));
  if (named.length > 0)
    notes.push(`The server's instructions speak of ${named.join(', ')}. Give the view instructions of its own.`);
  return notes;
};

/** Null before the first handshake: nothing is known of the server. */
export function effectOf(rules: ViewRules, snapshot: Snapshot | null): ViewEffect | null {
  if (snapshot === null) return null;
  const view = compileView(rules);
  const before = toolsList(snapshot);
  const wire = Buffer.from(before).toString('latin1');
  const after = showList(view, 'tools/list', wire, { hidden: NO_HIDDEN, sealCursor: (one) => one });
  const tools = snapshot.tools.map(({ name, description }) => ({
    name,
    shownName: view.shownTool(name),
    description: view.changeOf(name)?.description ?? description,
  }));
  return {
    toolsBefore: tools.length,
    toolsAfter: tools.filter(({ shownName }) => shownName !== null).length,
    tokensBefore: tokensOf(before),
    tokensAfter: tokensOf(Buffer.from(after, 'latin1').toString('utf8')),
    tools,
    notes: notesOn(rules, snapshot),
  };
}
