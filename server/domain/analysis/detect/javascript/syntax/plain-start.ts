import type { AnyNode } from 'acorn';
import { bare, keyOf, stringOf } from './tree.ts';

/**
 * The truth of a condition when a program is started for stdio, without arguments of its own: true, false, or null for
 * what the code alone does not tell.
 */
export type Known = boolean | null;

export const HTTP_WORD =
  /^(?:https?|sse|streamable[-_]?https?|http[-_]?stream(?:able)?|rest|web|remote|hosted|ws|websocket)$/i;
const STDIO_WORD = /^(?:stdio|mcp|serve|server|start)$/i;
const HTTP_NAME =
  /^(?:is|use|enable|has|should|run|with)?_?(?:start|run|use)?_?(?:http|https|sse|streamable|remote|hosted|lambda|worker|vercel|webserver)(?:_?(?:mode|server|transport|enabled|only|stream(?:ing|able)?))?$/i;
const STDIO_NAME = /^(?:is|use|enable|run|should)_?(?:start|run|use)?_?stdio(?:_?(?:mode|server|transport))?$/i;
const TEST_NAME = /^(?:NODE_ENV|VITEST|JEST_WORKER_ID|CI|TEST)$/;
const MAIN = /^(?:is|invoked|run)_?(?:main|direct|entry|cli)/i;

const nameOf = (node: AnyNode): string | null => (node.type === 'Identifier' ? node.name : keyOf(node));

/** `process.argv`, `argv`, `process.argv.slice(2)`, `args`: the words of the command line. */
function isWords(node: AnyNode): boolean {
  const at = bare(node);
  if (at.type === 'CallExpression' && at.callee.type === 'MemberExpression')
    return keyOf(at.callee) === 'slice' && isWords(at.callee.object);
  const name = nameOf(at);
  return name === 'argv' || name === 'args' || name === 'cliArgs' || name === 'rawArgs';
}

const isWord = (node: AnyNode): boolean =>
  node.type === 'MemberExpression' && node.computed && node.property.type === 'Literal' && isWords(node.object);

function comparison(left: AnyNode, right: AnyNode, isSame: boolean): Known {
  const literal = stringOf(right);
  const name = nameOf(left);
  if (literal !== null) {
    if (name !== null && TEST_NAME.test(name)) return literal === 'test' || literal === 'true' ? !isSame : null;
    // `=== 'stdio'` holds; no other word was given
    if (STDIO_WORD.test(literal)) return isSame;
    if (HTTP_WORD.test(literal)) return !isSame;
    if (isWord(left)) return !isSame;
  }
  const text = [left, right].map((one) => (one.type === 'MetaProperty' ? 'meta' : (nameOf(one) ?? '')));
  // `require.main === module`, `import.meta.url === …`
  return text.includes('main') ||
    (text.includes('url') && left.type === 'MemberExpression' && left.object.type === 'MetaProperty')
    ? isSame
    : null;
}

/** Decides a condition as far as its words show what it asks for. */
export function knownOf(condition: AnyNode): Known {
  const node = bare(condition);
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'boolean' ? node.value : null;
    case 'UnaryExpression': {
      const inner = node.operator === '!' ? knownOf(node.argument) : null;
      return inner === null ? null : !inner;
    }
    case 'LogicalExpression': {
      const [left, right] = [knownOf(node.left), knownOf(node.right)];
      if (node.operator === '&&') return left === false || right === false ? false : left === true ? right : null;
      if (node.operator === '||') return left === true || right === true ? true : left === false ? right : null;
      return null;
    }
    case 'BinaryExpression': {
      const { operator } = node;
      const [left, right] = [bare(node.left as AnyNode), bare(node.right)];
      if (/^[!=]==?$/.test(operator)) {
        const isSame = operator.startsWith('=');
        const found = comparison(left, right, isSame);
        return found ?? comparison(right, left, isSame);
      }
      // `process.argv.length > 2`
      if (
        /^>=?$/.test(operator) &&
        left.type === 'MemberExpression' &&
        keyOf(left) === 'length' &&
        isWords(left.object)
      )
        return false;
      return null;
    }
    case 'CallExpression': {
      const callee = bare(node.callee);
      const name = nameOf(callee) ?? '';
      const word = stringOf(node.arguments[0]);
      if (callee.type === 'MemberExpression' && /^(?:includes|some|has)$/.test(name) && isWords(callee.object) && word)
        return /stdio|^--mcp$/.test(word);
      if (MAIN.test(name)) return true;
      return HTTP_NAME.test(name) ? false : STDIO_NAME.test(name) ? true : null;
    }
    default: {
      const name = nameOf(node);
      if (name === null) return null;
      if (node.type === 'MemberExpression' && node.object.type === 'MetaProperty') return name === 'main' ? true : null;
      if (HTTP_NAME.test(name)) return false;
      return STDIO_NAME.test(name) || MAIN.test(name) ? true : null;
    }
  }
}
