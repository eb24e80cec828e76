import { type Node, parseSync, visitorKeys } from 'oxc-parser';

/** A module that a file names in an import, an export, a dynamic import or an import type. */
export type Import = { specifier: string; line: number };

/** Every import of a TypeScript file, those of types included: an arrow between rooms holds for both. */
export function readImports(fileName: string, source: string): Import[] {
  const { program, module, errors } = parseSync(fileName, source);
  const fatal = errors.find(({ severity }) => severity === 'Error');
  if (fatal) throw new Error(`${fileName} cannot be parsed: ${fatal.message}`);
  const found: { value: string; start: number }[] = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest ?? [])),
  ];
  // the walk costs time, and few files have either
  if (/\bimport\s*\(/.test(source)) found.push(...importExpressions(program));
  return found.map(({ value, start }) => ({ specifier: value, line: source.slice(0, start).split('\n').length }));
}

function importExpressions(node: Node): { value: string; start: number }[] {
  const isImport = node.type === 'ImportExpression' || node.type === 'TSImportType';
  const own = isImport && node.source.type === 'Literal' && typeof node.source.value === 'string' ? [node.source] : [];
  const children = (visitorKeys[node.type] ?? [])
    .flatMap((key) => node[key as keyof Node] as unknown as Node | null | (Node | null)[])
    .filter((child) => child !== null && child !== undefined);
  return [...own.map(({ value, start }) => ({ value: String(value), start })), ...children.flatMap(importExpressions)];
}
