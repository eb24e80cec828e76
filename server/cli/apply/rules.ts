import { isDeepStrictEqual } from 'node:util';
import { isRules } from '../view-rules.ts';

/** Rules of a view as a person writes them: without the parts that say nothing. */
export function withoutDefaults(rules: unknown): Record<string, unknown> {
  if (!isRules(rules)) return {};
  const kept = Object.entries(rules).flatMap(([part, value]) => {
    if (!isRules(value)) return value === null ? [] : [[part, value] as const];
    const said = Object.entries(value).filter(([rule, content]) => !saysNothing(rule, content));
    return said.length === 0 ? [] : [[part, Object.fromEntries(said)] as const];
  });
  return Object.fromEntries(kept);
}

/** `allow: []` allows nothing and so says something; `allow: null` allows everything. */
function saysNothing(rule: string, content: unknown): boolean {
  if (rule === 'allow') return content === null;
  if (rule === 'deny') return Array.isArray(content) && content.length === 0;
  return rule === 'changes' && isRules(content) && Object.keys(content).length === 0;
}

export const isSameRules = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(withoutDefaults(one), withoutDefaults(other));
