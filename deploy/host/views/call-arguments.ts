import { toWire } from '../bridge/wire-values.ts';
import type { ToolChange } from '../view-contract.ts';
import { looseName, membersIn, toObject } from './edit-members.ts';

/**
 * The arguments of a call as the view makes them: fixed ones have their value, whatever the client sent under this name or
 * one that differs in case only; hidden ones are not there. Text of the wire; null stands for none.
 */
export const callArguments = (given: string | null, change: ToolChange | null): string | null => {
  const rules = Object.entries(change?.arguments ?? {});
  if (rules.length === 0) return given;
  const ruled = new Set(rules.map(([name]) => looseName(name)));
  // A server could read something else than an object as one: that must be no way around a rule.
  const members = given === null ? [] : (membersIn(given) ?? []);
  const kept = members.filter(({ name }) => !ruled.has(looseName(name)));
  for (const [name, rule] of rules) if ('fixed' in rule) kept.push({ name, value: toWire(rule.fixed) });
  return toObject(kept);
};
