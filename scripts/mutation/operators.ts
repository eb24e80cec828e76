import { type ESTree, parseSync, Visitor } from 'vite';

/** One change of one line. */
export type Mutation = {
  start: number;
  end: number;
  replacement: string;
  /** 1-based. */
  line: number;
  operator: string;
};

type Change = { start: number; end: number; replacement: string; operator: string };

const COMPARISONS: Record<string, string> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
};
const ARITHMETIC: Record<string, string> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '**': '*' };
const LOGICAL: Record<string, string> = { '&&': '||', '||': '&&', '??': '&&' };
const METHODS: Record<string, string> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
};
/** Codes such as `RUNNING`, `create-machine` or `failed`: sentences are texts for people, and are not changed. */
const CODE = /^(?:[A-Z][A-Z0-9_]+|[a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/;

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*/g;

/**
 * Every single-line mutation of a source file, in order. Types, imports, texts for people, log lines, and calls that only
 * let the process end early (`unref`) are left alone.
 */
export function findMutations(fileName: string, source: string): Mutation[] {
  const { program, errors } = parseSync(fileName, source);
  if (errors.length > 0) throw new Error(`${fileName} cannot be parsed: ${errors[0]?.message}`);
  const changes: Change[] = [];
  const skipped: { start: number; end: number }[] = [];
  new Visitor(visitorOf(source, changes, skipped)).visit(program);
  const lineOf = (offset: number): number => source.slice(0, offset).split('\n').length;
  return changes
    .filter(({ start, end }) => !skipped.some((range) => start >= range.start && end <= range.end))
    .filter(({ start, end }) => !source.slice(start, end).includes('\n'))
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map((change) => ({ ...change, line: lineOf(change.start) }));
}

export const applyMutation = (source: string, { start, end, replacement }: Mutation): string =>
  source.slice(0, start) + replacement + source.slice(end);

function visitorOf(source: string, changes: Change[], skipped: { start: number; end: number }[]) {
  const change = (operator: string, start: number, end: number, replacement: string) =>
    changes.push({ operator, start, end, replacement });
  /** The operator stands between its operands, where a comment may hold the same characters. */
  const swap = (kind: string, { left, right }: { left: ESTree.Node; right: ESTree.Node }, from: string, to: string) => {
    const between = source.slice(left.end, right.start).replace(COMMENT, (comment) => ' '.repeat(comment.length));
    const at = between.indexOf(from);
    if (at >= 0) change(kind, left.end + at, left.end + at + from.length, to);
  };
  const condition = (test: ESTree.Node) => {
    change('condition', test.start, test.end, 'true');
    change('condition', test.start, test.end, 'false');
  };
  const skip = (node: ESTree.Node) => skipped.push({ start: node.start, end: node.end });
  return {
    ImportDeclaration: skip,
    ExportAllDeclaration: skip,
    TSTypeAliasDeclaration: skip,
    TSInterfaceDeclaration: skip,
    TSTypeAnnotation: skip,
    TSTypeParameterInstantiation: skip,
    TSAsExpression: (node: ESTree.TSAsExpression) => skip(node.typeAnnotation),
    TSSatisfiesExpression: (node: ESTree.TSSatisfiesExpression) => skip(node.typeAnnotation),
    BinaryExpression: (node: ESTree.BinaryExpression) => {
      const compared = COMPARISONS[node.operator];
      if (compared !== undefined) swap('comparison', node, node.operator, compared);
      const computed = isText(node.left) || isText(node.right) ? undefined : ARITHMETIC[node.operator];
      if (computed !== undefined) swap('arithmetic', node, node.operator, computed);
    },
    LogicalExpression: (node: ESTree.LogicalExpression) =>
      swap('logic', node, node.operator, LOGICAL[node.operator] ?? node.operator),
    UnaryExpression: (node: ESTree.UnaryExpression) => {
      if (node.operator === '!') change('negation', node.start, node.argument.start, '');
    },
    Literal: (node: ESTree.Node & { value: unknown; raw: string | null }) => {
      const { value } = node;
      if (typeof value === 'boolean') change('boolean', node.start, node.end, String(!value));
      if (typeof value === 'number') change('number', node.start, node.end, String(otherNumber(value)));
      if (typeof value === 'string' && CODE.test(value)) change('code', node.start, node.end, "'mutated'");
    },
    IfStatement: (node: ESTree.IfStatement) => condition(node.test),
    ConditionalExpression: (node: ESTree.ConditionalExpression) => condition(node.test),
    MemberExpression: (node: ESTree.MemberExpression) => {
      const { property } = node;
      if (node.computed || property.type !== 'Identifier') return;
      const other = Object.hasOwn(METHODS, property.name) ? METHODS[property.name] : undefined;
      if (other !== undefined) change('method', property.start, property.end, other);
    },
    ExpressionStatement: (node: ESTree.ExpressionStatement) => {
      if (hasNoBehavior(source.slice(node.start, node.end))) skip(node);
      else if (!('directive' in node && node.directive)) change('statement', node.start, node.end, ';');
    },
    ThrowStatement: (node: ESTree.ThrowStatement) => change('statement', node.start, node.end, ';'),
    ReturnStatement: (node: ESTree.ReturnStatement) => {
      if (node.argument === null) change('statement', node.start, node.end, ';');
    },
  };
}

const isText = (node: ESTree.Node): boolean =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && 'value' in node && typeof node.value === 'string');

const hasNoBehavior = (text: string): boolean =>
  /^(?:await )?(?:[\w.?]+\.)?(?:log|logger|console)\b/.test(text) || /\.unref\(\);?$/.test(text);

/** Another number that a test of the limit must notice: an off-by-one for small ones, ten times as much for others. */
const otherNumber = (value: number): number => (value === 1 ? 0 : Math.abs(value) < 10 ? value + 1 : value * 10);
