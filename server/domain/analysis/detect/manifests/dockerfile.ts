import type { FileSet, SourceFile } from '../../files/file-set.ts';
import { splitCommandLine } from '../../source/command-words.ts';
import { ENV_NAME, type EnvFinding, evidenceOf, isPlaceholder } from '../finding.ts';

const FILE = /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$/i;
const PAIR = /([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g;

type Instruction = { word: string; rest: string; line: number };

/** Instructions with their continued lines joined; of several stages the last one is what runs. */
function instructionsOf(text: string): Instruction[] {
  const found: Instruction[] = [];
  let open: Instruction | null = null;
  for (const [at, row] of text.split(/\r?\n/).entries()) {
    if (/^\s*#/.test(row)) continue;
    const body = row.replace(/\\\s*$/, ' ');
    if (open) open.rest += body;
    else {
      const match = /^\s*([A-Za-z]+)\s+(.*)$/.exec(body);
      if (match?.[1]) {
        open = { word: match[1].toUpperCase(), rest: match[2] ?? '', line: at + 1 };
        found.push(open);
      }
    }
    if (!/\\\s*$/.test(row)) open = null;
  }
  return found.slice(
    Math.max(
      0,
      found.findLastIndex(({ word }) => word === 'FROM'),
    ),
  );
}

/** `ENTRYPOINT ["node", "x.js"]` or the same as one line of a shell. */
function wordsOf(rest: string): string[] {
  if (!rest.trim().startsWith('[')) return splitCommandLine(rest);
  try {
    const words: unknown = JSON.parse(rest);
    return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : [];
  } catch {
    return []; // neither form
  }
}

function variablesIn({ word, rest, line }: Instruction, path: string): EnvFinding[] {
  if (word !== 'ENV') return []; // ARG is for whoever builds
  const pairs = rest.includes('=')
    ? [...rest.matchAll(PAIR)].map(
        (match) => [match[1] ?? '', (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2')] as const,
      )
    : [[rest.trim().split(/\s+/)[0] ?? '', rest.trim().split(/\s+/).slice(1).join(' ')] as const];
  return pairs.flatMap(([name, value]) =>
    ENV_NAME.test(name)
      ? [
          {
            name,
            evidence: evidenceOf('DOCKERFILE', path, line, null),
            ...(value !== '' && !value.includes('$') && !isPlaceholder(value) ? { example: value } : {}),
          },
        ]
      : [],
  );
}

export type DockerfileReading = {
  env: EnvFinding[];
  /** The words of ENTRYPOINT and CMD, in order. */
  command: string[];
};

function readDockerfile({ path, text }: SourceFile): DockerfileReading {
  const instructions = instructionsOf(text);
  const last = (word: string): string[] => {
    const found = instructions.findLast((one) => one.word === word);
    return found ? wordsOf(found.rest) : [];
  };
  return {
    env: instructions.flatMap((one) => variablesIn(one, path)),
    command: [...last('ENTRYPOINT'), ...last('CMD')],
  };
}

/** What the images of a server set and start: weak evidence, since they often run it over HTTP. */
export const detectDockerfiles = (set: FileSet): DockerfileReading[] =>
  set.files.filter(({ path }) => FILE.test(path)).map(readDockerfile);

/** The words after the program that make it speak stdio, where an image's command has them. */
export function stdioWordsOf(readings: readonly DockerfileReading[]): string[] | null {
  for (const { command } of readings) {
    const flag = command.find((word) => /^--?(?:stdio|use-stdio)$/i.test(word));
    if (flag) return [flag];
    const at = command.findIndex((word, index) => /^--?transport$/i.test(word) && command[index + 1] === 'stdio');
    if (at !== -1) return command.slice(at, at + 2);
    const assigned = command.find((word) => /^--?transport=stdio$/i.test(word));
    if (assigned) return [assigned];
  }
  return null;
}
