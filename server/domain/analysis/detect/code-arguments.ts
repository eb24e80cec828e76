import type { Code } from './code/code-file.ts';
import type { ArgumentFinding } from './finding.ts';
import { argumentsInScripts, BUNDLE_CHARACTERS } from './javascript/arguments.ts';
import { argumentsInPython } from './python/arguments.ts';

/** Options that the sources declare. */
export function detectCodeArguments(code: Code): ArgumentFinding[] {
  return [
    ...argumentsInScripts(code.javascript),
    ...code.python.filter(({ text }) => text.length <= BUNDLE_CHARACTERS).flatMap(argumentsInPython),
  ];
}

/** `process.argv.includes('--stdio')`: a flag without which the program may not speak stdio. */
const STDIO_FLAG = /argv[^\n;]{0,60}?["'`](--stdio|--mcp)["'`]/;

/**
 * The words without which a program may not speak stdio: a flag that it looks for, or a choice of transport whose
 * default is another one. Null when it speaks stdio anyway.
 */
export function stdioArguments(code: Code, declared: readonly ArgumentFinding[]): string[] | null {
  for (const { text } of code.all) {
    const flag = STDIO_FLAG.exec(text)?.[1];
    if (flag) return [flag];
  }
  const transport = declared.find(
    ({ flag, choices = [], default: fallback }) =>
      flag !== null &&
      /^--?(?:transport|transport-type|mode)$/i.test(flag) &&
      fallback !== undefined &&
      fallback !== 'stdio' &&
      (choices.includes('stdio') || /^(?:sse|http|streamable-?http|streamable_http)$/i.test(fallback)),
  );
  return transport?.flag ? [transport.flag, 'stdio'] : null;
}
