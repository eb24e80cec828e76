import { expect, test } from 'vitest';
import type { ViewRules } from '../view-contract.ts';
import { compileView } from './compiled-view.ts';
import { matchesPattern, matchesUriPattern } from './pattern.ts';

const rules = (given: Partial<ViewRules>): ViewRules => ({
  tools: { allow: null, deny: [], changes: {} },
  prompts: { allow: null, deny: [] },
  resources: { allow: null, deny: [] },
  instructions: null,
  ...given,
});

test.each([
  ['get_*', 'get_issue', true],
  ['get_*', 'forget_issue', false],
  ['*_issue', 'get_issue', true],
  ['a*b*c', 'a1b2c', true],
  ['a*b*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['*', '', true],
  ['get.issue', 'get_issue', false],
  ['größe', 'größe', true],
])('the pattern %j on %j: %s', (pattern, text, matches) => {
  expect(matchesPattern(pattern, text)).toBe(matches);
});

test('the template of resources stands for the URIs that it makes, and for itself', () => {
  expect(matchesUriPattern('docs://{page}', 'docs://one')).toBe(true);
  expect(matchesUriPattern('docs://{page}', 'docs://{page}')).toBe(true);
  expect(matchesUriPattern('docs://{page}/end', 'docs://one')).toBe(false);
});

test('two tools can swap their names, and each name stands for one of them', () => {
  const changes = { a: { name: 'b' }, b: { name: 'a' } };
  const view = compileView(rules({ tools: { allow: null, deny: [], changes } }));
  expect([view.shownTool('a'), view.shownTool('b')]).toEqual(['b', 'a']);
  expect([view.realTool('a'), view.realTool('b')]).toEqual(['b', 'a']);
});

test('a new name hides the tool that the server calls so, and the former name stands for nothing', () => {
  const view = compileView(rules({ tools: { allow: null, deny: [], changes: { a: { name: 'b' } } } }));
  expect([view.shownTool('b'), view.realTool('b'), view.realTool('a')]).toEqual([null, 'a', null]);
});

test('the new name of a hidden tool takes nothing from a tool that is shown', () => {
  const view = compileView(rules({ tools: { allow: null, deny: ['a'], changes: { a: { name: 'b' } } } }));
  expect([view.shownTool('a'), view.realTool('b')]).toEqual([null, 'b']);
});

test.each([
  'file:///secret/a',
  'file:///docs/../secret/a',
  'file:///docs/%2e%2e/secret/a',
  'file:///%73ecret/a',
  'file:///%2573ecret/a',
  'FILE:///secret/a',
  'file:///SECRET/a',
  String.raw`file:///docs\..\secret\a`,
])('no spelling reaches a URI that is denied: %s', (uri) => {
  const view = compileView(rules({ resources: { allow: null, deny: ['file:///secret/*'] } }));
  expect(view.showsResource(uri)).toBe(false);
  expect(view.showsResource('file:///docs/a')).toBe(true);
});

test('a URI is shown where each of its readings is allowed', () => {
  const view = compileView(rules({ resources: { allow: ['https://Example.com', 'file:///my docs/*'], deny: [] } }));
  expect(view.showsResource('https://Example.com')).toBe(true);
  expect(view.showsResource('file:///my docs/a')).toBe(true);
  expect(view.showsResource('file:///my docs/../etc/passwd')).toBe(false);
});
