import type { FileSet } from '../files/file-set.ts';
import type { ArgumentFinding } from './finding.ts';
import { argumentsInJavaScript } from './javascript/arguments.ts';
import { filesLoadedBy } from './module-graph.ts';
import { argumentsInPython } from './python/arguments.ts';

const BUNDLE_BYTES = 400_000;
const isJavaScript = (path: string): boolean => /\.[cm]?[jt]sx?$/i.test(path);

/**
 * Options that the sources declare. Large bundles are left out: they hold other programs' options. With the program's
 * own file as `entry`, so are files that it does not load.
 */
export function detectCodeArguments(set: FileSet, entry?: string): ArgumentFinding[] {
  const loaded = entry === undefined ? null : filesLoadedBy(set, entry);
  const code = set.files.filter(
    ({ path, text }) => text.length <= BUNDLE_BYTES && (!loaded || loaded.has(path) || path.endsWith('.py')),
  );
  const scripts = code.filter(({ path }) => isJavaScript(path));
  const isYargs = scripts.some(({ text }) => /\byargs\b|hideBin/.test(text));
  return [
    ...scripts.flatMap((file) => argumentsInJavaScript(file, isYargs)),
    ...code.filter(({ path }) => path.endsWith('.py')).flatMap(argumentsInPython),
  ];
}

/** `process.argv.includes('--stdio')`: a flag without which the program may not speak stdio. */
const STDIO_FLAG = /argv[^\n;]{0,60}?["'`](--stdio|--mcp)["'`]/;

/**
 * What a program must be told before it speaks stdio: a flag that it looks for, or a choice of transport whose default
 * is another one. Null when stdio is what it does anyway.
 */
export function stdioArguments(set: FileSet, declared: readonly ArgumentFinding[]): string[] | null {
  for (const file of set.files) {
    const flag = STDIO_FLAG.exec(file.text)?.[1];
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
