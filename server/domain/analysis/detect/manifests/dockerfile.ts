import { type Cmd, DockerfileParser, type Entrypoint, type ImageTemplate } from 'dockerfile-ast';
import type { FileSet, SourceFile } from '../../files/file-set.ts';
import { splitCommandLine } from '../../source/command-words.ts';
import { ENV_NAME, type EnvFinding, evidenceOf, isPlaceholder } from '../finding.ts';

const FILE = /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$/i;
/** Real ones have less than a tenth of it. */
const CHARACTERS_MAX = 24_000;

export type DockerfileReading = {
  env: EnvFinding[];
  /** The words of ENTRYPOINT and CMD, in order. */
  command: string[];
};

/** `ENTRYPOINT ["node", "x.js"]` or the same as one line of a shell. */
function wordsOf(instruction: Cmd | Entrypoint | undefined): string[] {
  if (!instruction) return [];
  const strings = instruction.getJSONStrings();
  if (strings.length > 0) return strings.map((one) => one.getJSONValue());
  const line = instruction.getArgumentsContent() ?? '';
  return line.startsWith('[') ? [] : splitCommandLine(line);
}

/** ENV of the stage that runs; ARG is for the build. */
const variablesOf = (stage: ImageTemplate, path: string): EnvFinding[] =>
  stage
    .getENVs()
    .flatMap((instruction) => instruction.getProperties())
    .flatMap((property) => {
      const name = property.getName();
      const value = property.getValue() ?? '';
      const line = property.getRange().start.line + 1;
      if (!ENV_NAME.test(name)) return [];
      const isExample = value !== '' && !value.includes('$') && !isPlaceholder(value);
      return [{ name, evidence: evidenceOf('DOCKERFILE', path, line, null), ...(isExample ? { example: value } : {}) }];
    });

function readDockerfile({ path, text }: SourceFile): DockerfileReading {
  const file = DockerfileParser.parse(text);
  const [last] = file.getFROMs().slice(-1);
  const stage = last ? file.getContainingImage(last.getRange().start) : null;
  if (!stage) return { env: [], command: [] };
  return {
    env: variablesOf(stage, path),
    command: [...wordsOf(stage.getENTRYPOINTs().at(-1)), ...wordsOf(stage.getCMDs().at(-1))],
  };
}

/** Variables and commands of a server's images: weak evidence, since they often run it over HTTP. */
export const detectDockerfiles = (set: FileSet): DockerfileReading[] =>
  set.files.filter(({ path, text }) => FILE.test(path) && text.length <= CHARACTERS_MAX).map(readDockerfile);

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
