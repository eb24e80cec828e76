import { type Comment, type Node, parseSync, visitorKeys } from 'oxc-parser';
import { isSentence, type Prose, trimCommentLines } from './prose.ts';

/** Comments that instruct a tool, such as a linter, and are not written for people. */
const DIRECTIVE = /^(?:biome-ignore|@ts-|eslint-|c8 |v8 |<reference|#__PURE__|@__PURE__|@vite-|webpack)/;

/** The comments, string literals and JSX text of a TypeScript file, with the offset at which each begins. */
export function readSourceProse(fileName: string, source: string): Prose[] {
  const { program, comments, errors } = parseSync(fileName, source);
  const fatal = errors.find(({ severity }) => severity === 'Error');
  if (fatal) throw new Error(`${fileName} cannot be parsed: ${fatal.message}`);
  return [...readComments(comments, source), ...readTexts(program, /(^|\/)schema\//.test(fileName))];
}

/** Joins line comments that follow each other on consecutive lines into one comment. */
function readComments(comments: Comment[], source: string): Prose[] {
  const groups: { start: number; end: number; isLine: boolean; text: string }[] = [];
  for (const { type, value, start, end } of comments.filter((comment) => !DIRECTIVE.test(comment.value.trim()))) {
    const last = groups.at(-1);
    const isLine = type === 'Line';
    if (isLine && last?.isLine && /^[ \t]*\r?\n[ \t]*$/.test(source.slice(last.end, start))) {
      last.text += `\n${value}`;
      last.end = end;
    } else {
      groups.push({ start, end, isLine, text: value });
    }
  }
  return groups
    .map(({ start, text }): Prose => ({ kind: 'comment', start, text: trimCommentLines(text) }))
    .filter(({ text }) => /\p{L}/u.test(text));
}

function readTexts(program: Node, isSchema: boolean): Prose[] {
  const found: Prose[] = [];
  const visit = (node: Node, parent: Node | null): void => {
    if (isReadByMachines(node, parent)) return;
    const text = textOf(node);
    if (text !== null && isSentence(text)) {
      const kind = isSchema && isDescription(parent) ? 'comment' : 'text';
      found.push({ kind, start: node.start, text: text.trim() });
    }
    for (const key of visitorKeys[node.type] ?? []) {
      const child = node[key as keyof Node] as unknown as Node | null | (Node | null)[];
      for (const item of Array.isArray(child) ? child : [child]) if (item) visit(item, node);
    }
  };
  visit(program, null);
  return found;
}

function textOf(node: Node): string | null {
  if (node.type === 'JSXText') return node.value;
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node.type === 'TemplateLiteral') return node.quasis.map(({ value }) => value.cooked ?? '').join('…');
  return null;
}

/** A description in schema code stands where a comment stands in other code. */
function isDescription(parent: Node | null): boolean {
  return parent?.type === 'Property' && parent.key.type === 'Identifier' && parent.key.name === 'description';
}

function isReadByMachines(node: Node, parent: Node | null): boolean {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
    case 'TSLiteralType':
    case 'TSImportType':
    case 'TaggedTemplateExpression':
      return true;
    case 'CallExpression': // a GraphQL document, typed by the code generator
      return node.callee.type === 'Identifier' && node.callee.name === 'graphql';
    case 'Literal':
      return parent?.type === 'ExportNamedDeclaration' || (parent?.type === 'Property' && parent.key === node);
    default:
      return false;
  }
}
