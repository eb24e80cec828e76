import { readFile } from 'node:fs/promises';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { CliFailure, usage } from '../failure.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

const CHARACTERS_MAX = 1_000_000;
const ALIASES_MAX = 100;
const FAULTS_MAX = 20;

type Fault = { line: number; message: string };

/** Reads and checks a file. @throws CliFailure wrong usage, with each fault at its line. */
export async function readManifest(path: string, shown: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw usage(
      `The file ${shown} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Name the file with -f, or write one with: catwalk export --all > catwalk.yaml',
    );
  }
  return parseManifest(text, shown);
}

/** The same for the text of a file. */
export function parseManifest(text: string, shown: string): Manifest {
  if (text.length > CHARACTERS_MAX) throw usage(`${shown} is larger than 1 MB.`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const wrong = document.errors.map(({ pos, message }) => ({
    line: lines.linePos(pos[0]).line,
    message: message.split('\n')[0] ?? message,
  }));
  if (wrong.length > 0) throw faulty(shown, wrong, 'Correct the YAML at these lines.');
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    throw usage(`${shown} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = manifestSchema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    const at = path.length === 0 ? '' : `${path.join('.')}: `;
    return { line: lineOf(document, lines, path), message: `${at}${issue.message}` };
  });
  throw faulty(shown, faults, 'docs/cli.md describes the file; `catwalk export --all` writes one.');
}

/** The line of the innermost key or item on a path that the file has; of its parent if it is missing. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (isScalar(node) || isMap(node) || isSeq(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return lines.linePos(offset).line;
}

function faulty(shown: string, faults: readonly Fault[], hint: string): CliFailure {
  const what = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  return new CliFailure('USAGE', `${shown} has ${what}.`, {
    exitCode: 2,
    hint,
    fields: faults.slice(0, FAULTS_MAX).map(({ line, message }) => ({ field: `line ${line}`, message })),
  });
}
