import { z } from 'zod';
import type { ViewRules } from '#deploy/host/view-contract.ts';
import { invalidInput } from '#server/domain/errors.ts';

const PATTERNS_MAX = 500;
const CHANGES_MAX = 500;
const RULES_CHARACTERS_MAX = 64 * 1024;
/** Names that every client takes (2025-11-25, server/tools). */
const TOOL_NAME = /^[A-Za-z0-9_./-]{1,128}$/;
export const VIEW_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

const pattern = z
  .string()
  .min(1, 'A pattern has at least one character.')
  .max(500, 'A pattern has at most 500 characters.');
const patterns = z.array(pattern).max(PATTERNS_MAX, `At most ${PATTERNS_MAX} patterns.`);
const selection = z.strictObject({ allow: patterns.nullable().default(null), deny: patterns.default([]) });
const key = z
  .string()
  .min(1, 'A name has at least one character.')
  .refine((name) => name !== '__proto__', 'This name cannot be changed; it can be denied.');
const argument = z.union(
  [z.strictObject({ fixed: z.json() }), z.strictObject({ hidden: z.literal(true) })],
  'An argument is either {"fixed": <value>} or {"hidden": true}.',
);
const change = z.strictObject({
  name: z.string().regex(TOOL_NAME, 'A name has 1 to 128 letters, digits and _ . / - characters.').optional(),
  title: z.string().max(200, 'A title has at most 200 characters.').optional(),
  description: z.string().max(8_000, 'A description has at most 8,000 characters.').optional(),
  arguments: z.record(key, argument).optional(),
});
const NOTHING = { allow: null, deny: [] };
const rulesSchema = z.strictObject({
  tools: z
    .strictObject({
      allow: patterns.nullable().default(null),
      deny: patterns.default([]),
      changes: z
        .record(key, change)
        .refine((changes) => Object.keys(changes).length <= CHANGES_MAX, `At most ${CHANGES_MAX} tools are changed.`)
        .default({}),
    })
    .default({ ...NOTHING, changes: {} }),
  prompts: selection.default(NOTHING),
  resources: selection.default(NOTHING),
  instructions: z.string().max(20_000, 'Instructions have at most 20,000 characters.').nullable().default(null),
});

/** The rules of a row; every row was written by `checkRules`. */
export const parseRules = (column: unknown): ViewRules => toRules(rulesSchema.parse(column));

/** Leaves out what is undefined, as the contract has it. */
const toRules = (rules: z.infer<typeof rulesSchema>): ViewRules => structuredClone(rules) as ViewRules;

const twice = ({ tools }: ViewRules): { tool: string; name: string } | null => {
  const names = new Set<string>();
  for (const [tool, { name }] of Object.entries(tools.changes)) {
    if (name === undefined) continue;
    if (names.has(name)) return { tool, name };
    names.add(name);
  }
  return null;
};

/** The rules that a person wrote, with what is left out. Throws INVALID_INPUT with each fault at its place. */
export const checkRules = (given: unknown): ViewRules => {
  if (JSON.stringify(given ?? null).length > RULES_CHARACTERS_MAX) {
    const message = 'The rules of a view have at most 64 kB.';
    throw invalidInput(message, [{ field: 'rules', message }]);
  }
  const read = rulesSchema.safeParse(given ?? {});
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => ({ field: ['rules', ...path].join('.'), message }));
    const [first] = faults;
    throw invalidInput(
      `The rules of the view are not valid: ${first?.field}: ${first?.message}`,
      faults,
      'A view has tools, prompts and resources with "allow" and "deny", and "changes" of tools by their names.',
    );
  }
  const rules = toRules(read.data);
  const double = twice(rules);
  if (double !== null) {
    const message = `Two tools cannot both be called ${double.name}.`;
    throw invalidInput(message, [{ field: `rules.tools.changes.${double.tool}.name`, message }]);
  }
  return rules;
};
