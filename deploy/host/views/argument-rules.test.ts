import { expect, test } from 'vitest';
import { fromWire, toWire } from '../bridge/wire-values.ts';
import type { ArgumentRule } from '../view-contract.ts';
import { callArguments } from './call-arguments.ts';
import { compileView } from './compiled-view.ts';
import { membersIn, toObject } from './edit-members.ts';
import { showList } from './shown-list.ts';
import { showTool } from './shown-tool.ts';

const HIDDEN = { hidden: true } as const;

const sent = (given: object, rules: Record<string, ArgumentRule>) =>
  fromWire(callArguments(toWire(given), { arguments: rules }) ?? '');

const schemaShown = (inputSchema: object, ...hidden: string[]) => {
  const change = { arguments: Object.fromEntries(hidden.map((name) => [name, HIDDEN])) };
  const tool = showTool(membersIn(toWire({ name: 'a', inputSchema })) ?? [], 'a', change);
  return (fromWire(toObject(tool)) as { inputSchema: unknown }).inputSchema;
};

test('a client does not set a ruled argument, also under a name that only looks like its own', () => {
  const rules = { Mode: { fixed: 'ro' }, '\ufb01le': HIDDEN };
  expect(sent({ mode: 'rw', MODE: 'rw', '\ufb01le': 'x', file: 'x', other: 1 }, rules)).toEqual({
    Mode: 'ro',
    other: 1,
  });
});

test.each(['$defs', 'definitions'])('a hidden argument is taken out of the arguments that stand in %s', (place) => {
  const args = { type: 'object', properties: { key: { default: 'k' }, to: {} }, required: ['key', 'to'] };
  const shown = { type: 'object', properties: { to: {} }, required: ['to'] };
  const whole = { $ref: `#/${place}/Args`, [place]: { Args: args } };
  expect(schemaShown(whole, 'key')).toEqual({ ...whole, [place]: { Args: shown } });
  const combined = { allOf: [{ $ref: `#/${place}/More` }], [place]: { More: whole, Args: args } };
  expect(schemaShown(combined, 'key')).toMatchObject({ [place]: { Args: shown } });
});

test('a part of an argument keeps a member that has the name of a hidden argument', () => {
  const $defs = { Person: { properties: { name: {} }, required: ['name'] }, enum: { enum: ['a'] } };
  const properties = { who: { $ref: '#/$defs/Person' } };
  expect(schemaShown({ properties: { ...properties, name: {} }, $defs }, 'name')).toEqual({ properties, $defs });
});

test('what cannot be read of _meta is left out, since it may name a hidden tool', () => {
  const all = { allow: null, deny: [] };
  const view = compileView({ tools: { ...all, changes: {} }, prompts: all, resources: all, instructions: null });
  const list = '{"tools":[{"name":"a","_meta":{"x":{"see":"b","n":NaN},"y":null}}]}';
  const shown = showList(view, 'tools/list', list, { hidden: new Set(['b']), sealCursor: (cursor) => cursor });
  expect(fromWire(shown)).toEqual({ tools: [{ name: 'a', _meta: { y: null } }] });
});
