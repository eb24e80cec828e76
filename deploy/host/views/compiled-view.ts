import type { Selection, ToolChange, ViewRules } from '../view-contract.ts';
import { matchesPattern, matchesUriPattern } from './pattern.ts';
import { looseForm, readingsOf } from './uri-readings.ts';

/** The rules of a view, ready to be asked. Names are text as people read it. */
export type CompiledView = {
  readonly instructions: string | null;
  /** The name under which clients see a tool of the server; null for a hidden one. */
  shownTool(real: string): string | null;
  /** The server's name of a tool that a client names; null for a name that stands for no tool of the view. */
  realTool(shown: string): string | null;
  changeOf(real: string): ToolChange | null;
  showsPrompt(name: string): boolean;
  showsResource(uri: string): boolean;
  /** False where every resource is shown, so that nothing has to be looked for. */
  readonly limitsResources: boolean;
};

type Matches = (pattern: string, text: string) => boolean;

const selects = ({ allow, deny }: Selection, matches: Matches, text: string): boolean =>
  (allow === null || allow.some((pattern) => matches(pattern, text))) &&
  !deny.some((pattern) => matches(pattern, text));

export const compileView = ({ tools, prompts, resources, instructions }: ViewRules): CompiledView => {
  const changes = new Map(Object.entries(tools.changes));
  const allowsTool = (real: string) => selects(tools, matchesPattern, real);
  const isLimited = resources.allow !== null || resources.deny.length > 0;
  /** The server's names by the names that the view gives. */
  const given = new Map<string, string>();
  for (const [real, { name }] of changes)
    if (name !== undefined && allowsTool(real) && !given.has(name)) given.set(name, real);

  const shownTool = (real: string): string | null => {
    if (!allowsTool(real)) return null;
    const name = changes.get(real)?.name;
    if (name !== undefined) return given.get(name) === real ? name : null;
    return given.has(real) ? null : real; // another tool has taken its name
  };

  return {
    instructions,
    shownTool,
    realTool(shown) {
      const real = given.get(shown) ?? shown;
      return shownTool(real) === shown ? real : null;
    },
    changeOf: (real) => changes.get(real) ?? null,
    showsPrompt: (name) => selects(prompts, matchesPattern, name),
    // One reading that is hidden hides the URI.
    showsResource(uri) {
      const { allow, deny } = resources;
      if (!isLimited) return true;
      const readings = [...readingsOf(uri)];
      if (readings.some((reading) => deny.some((pattern) => matchesLoosely(pattern, reading)))) return false;
      if (allow === null) return true;
      return (
        allow.some((pattern) => matchesUriPattern(pattern, uri)) &&
        readings.every((reading) => allow.some((pattern) => matchesLoosely(pattern, reading)))
      );
    },
    limitsResources: isLimited,
  };
};

/** Spellings that may mean the same to a server are the same here. */
const matchesLoosely = (pattern: string, uri: string): boolean =>
  matchesUriPattern(pattern, uri) || matchesUriPattern(looseForm(pattern), looseForm(uri));
