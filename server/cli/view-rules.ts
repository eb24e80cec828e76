import { usage } from './failure.ts';

export type RuleOptions = { allow?: string[]; deny?: string[]; rename?: string[] };
type Rules = Record<string, unknown>;

export const isRules = (value: unknown): value is Rules =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const partOf = (rules: Rules, name: string): Rules => {
  const part = rules[name];
  return isRules(part) ? part : {};
};

/** Rules of a view with the options of the command line: each replaces what it names, and everything else stays. */
export function withRuleOptions(rules: Rules, { allow, deny, rename }: RuleOptions): Rules {
  if (allow === undefined && deny === undefined && rename === undefined) return rules;
  const tools = partOf(rules, 'tools');
  const before = partOf(tools, 'changes');
  const renamed = (rename ?? []).map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw usage(`Write --rename tool=name, not "${pair}".`);
    const tool = pair.slice(0, at);
    return [tool, { ...partOf(before, tool), name: pair.slice(at + 1) }] as const;
  });
  const changes = Object.fromEntries([...Object.entries(before), ...renamed]);
  return {
    ...rules,
    tools: { ...tools, ...(allow === undefined ? {} : { allow }), ...(deny === undefined ? {} : { deny }), changes },
  };
}
