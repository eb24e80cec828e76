import { z } from 'zod';
import { matchesPattern, matchesUriPattern } from '../../../../deploy/host/views/pattern.ts';
import type { FormNode } from '../schema-form/node.ts';

const selectionSchema = z.object({ allow: z.array(z.string()).nullable(), deny: z.array(z.string()) });
/** Names or URIs that a view allows (null: all) and denies, as patterns. What is denied is hidden although it is allowed. */
export type Selection = z.infer<typeof selectionSchema>;

/** A rule for an argument while it is edited. `text` is JSON unless the argument takes text. */
const argumentSchema = z.union([
  z.object({ mode: z.literal('hidden') }),
  z.object({ mode: z.literal('fixed'), isText: z.boolean(), text: z.string() }),
]);
export type EditedArgument = z.infer<typeof argumentSchema>;

const changeSchema = z.object({
  name: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  arguments: z.record(z.string(), argumentSchema).optional(),
});
export type EditedChange = z.infer<typeof changeSchema>;

/** The rules of a view while they are edited. */
export const editedViewSchema = z.object({
  tools: selectionSchema.extend({ changes: z.record(z.string(), changeSchema) }),
  prompts: selectionSchema,
  resources: selectionSchema,
  instructions: z.string().nullable(),
});
export type EditedView = z.infer<typeof editedViewSchema>;

const ruleSchema = z.union([z.object({ fixed: z.unknown() }), z.object({ hidden: z.literal(true) })]);
const rulesSchema = editedViewSchema.extend({
  tools: selectionSchema.extend({
    changes: z.record(z.string(), changeSchema.extend({ arguments: z.record(z.string(), ruleSchema).optional() })),
  }),
});

/** Finds how the form shows an argument of a tool; null for an argument that its schema does not name. */
export type NodeOf = (tool: string, argument: string) => FormNode | null;

/** True if the value of the argument is typed as it is, and not as JSON. */
export const takesText = (node: FormNode | null): boolean => node?.kind === 'text';

/** Reads the rules of a view, as the API returns them, for editing. */
export function editedFrom(rules: unknown, nodeOf: NodeOf): EditedView {
  const { tools, ...rest } = rulesSchema.parse(rules);
  const changes = Object.fromEntries(
    Object.entries(tools.changes).map(([tool, change]) => {
      const { arguments: args, ...texts } = change;
      if (args === undefined) return [tool, texts];
      const edited = Object.entries(args).map(([name, rule]): [string, EditedArgument] => {
        if ('hidden' in rule) return [name, { mode: 'hidden' }];
        const { fixed } = rule;
        return typeof fixed === 'string' && takesText(nodeOf(tool, name))
          ? [name, { mode: 'fixed', isText: true, text: fixed }]
          : [name, { mode: 'fixed', isText: false, text: JSON.stringify(fixed) ?? 'null' }];
      });
      return [tool, { ...texts, arguments: Object.fromEntries(edited) }];
    }),
  );
  return { ...rest, tools: { ...tools, changes } };
}

/** Where a value cannot be read. */
export type ArgumentProblem = { tool: string; argument: string };

/** The rules as `saveView` takes them, and the fixed values that are not JSON. */
export function rulesFrom({ tools, ...rest }: EditedView): { rules: unknown; problems: ArgumentProblem[] } {
  const problems: ArgumentProblem[] = [];
  const changes = Object.entries(tools.changes).flatMap(([tool, { arguments: args = {}, ...texts }]) => {
    const rules = Object.entries(args).map(([argument, edited]) => {
      if (edited.mode === 'hidden') return [argument, { hidden: true }];
      if (edited.isText) return [argument, { fixed: edited.text }];
      const fixed = parsed(edited.text);
      if (fixed === undefined) problems.push({ tool, argument });
      return [argument, { fixed: fixed ?? null }];
    });
    const change = { ...texts, ...(rules.length > 0 ? { arguments: Object.fromEntries(rules) } : {}) };
    return Object.keys(change).length > 0 ? [[tool, change] as const] : [];
  });
  return { rules: { ...rest, tools: { ...tools, changes: Object.fromEntries(changes) } }, problems };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON
  }
};

/** Why a fixed value cannot be saved as it is typed; null where it can. */
export const rulesProblem = (rule: EditedArgument): string | null =>
  rule.mode === 'fixed' && !rule.isText && parsed(rule.text) === undefined
    ? 'Enter JSON, such as 5, true or ["a"].'
    : null;

type Matches = (pattern: string, text: string) => boolean;
export const byName: Matches = matchesPattern;
export const byUri: Matches = matchesUriPattern;

export const isShown = ({ allow, deny }: Selection, text: string, matches: Matches): boolean =>
  (allow === null || allow.some((pattern) => matches(pattern, text))) &&
  !deny.some((pattern) => matches(pattern, text));

/** The pattern that hides a thing whatever else is allowed; null where a switch can show the thing. */
export const denyingPattern = ({ deny }: Selection, text: string, matches: Matches): string | null =>
  deny.find((pattern) => pattern !== text && matches(pattern, text)) ?? null;

/** Switches one thing on or off by its own name, and leaves the patterns as they are. */
export function withShown<Some extends Selection>(selection: Some, text: string, on: boolean, matches: Matches): Some {
  const { allow, deny } = selection;
  const others = (list: string[]) => list.filter((one) => one !== text);
  if (on) {
    const isAllowed = allow === null || allow.some((pattern) => matches(pattern, text));
    return { ...selection, allow: isAllowed ? allow : [...allow, text], deny: others(deny) };
  }
  const without = { ...selection, allow: allow && others(allow) };
  return isShown(without, text, matches) ? { ...without, deny: [...deny, text] } : without;
}

/** Shows or hides what later releases add, and changes nothing about the things that exist. */
export function withLaterOnes<Some extends Selection>(
  selection: Some,
  all: readonly string[],
  shown: boolean,
  matches: Matches,
): Some {
  if (shown === (selection.allow === null)) return selection;
  const visible = all.filter((text) => isShown(selection, text, matches));
  if (!shown) return { ...selection, allow: visible };
  const open = { ...selection, allow: null };
  const hidden = all.filter((text) => !visible.includes(text) && isShown(open, text, matches));
  return { ...open, deny: [...selection.deny, ...hidden] };
}

/** The change of a tool with one member in place of another; an empty text, or undefined, takes the member away. */
export function withChange(view: EditedView, tool: string, change: Partial<EditedChange>): EditedView {
  const { [tool]: before = {}, ...others } = view.tools.changes;
  const after = Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined && value !== ''),
  );
  const changes = Object.keys(after).length > 0 ? { ...others, [tool]: after } : others;
  return { ...view, tools: { ...view.tools, changes } };
}

/** The rule for one argument; null leaves the argument to clients. */
export function withArgument(view: EditedView, tool: string, name: string, rule: EditedArgument | null): EditedView {
  const { [name]: _, ...others } = view.tools.changes[tool]?.arguments ?? {};
  const args = rule === null ? others : { ...others, [name]: rule };
  return withChange(view, tool, { arguments: Object.keys(args).length > 0 ? args : undefined });
}
