import {
  type Copy,
  DockerfileParser,
  type From,
  type Healthcheck,
  type Instruction,
  type PropertyInstruction,
} from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';

export type Finding = { rule: Rule; line: number; message: string };

/** Findings of dockerfile-utils are `syntax`: a build would refuse them or warn of them. The other kinds are ours. */
export type Rule =
  | 'syntax'
  | 'pinned-base'
  | 'no-root'
  | 'no-secrets'
  | 'exec-form'
  | 'lean-packages'
  | 'pinned-packages'
  | 'owned-copies'
  | 'healthcheck';

type Stage = { from: From; instructions: Instruction[] };

const SECRET_NAME = /TOKEN|SECRET|PASSW|CREDENTIAL|(^|_)KEY(_|$)/i;
const MAJOR = /:\d+(\.\d+)*(-[\w.]+)?$/;
const DIGEST = /@sha256:[0-9a-f]{64}$/;

const keywordOf = (instruction: Instruction): string => instruction.getKeyword().toUpperCase();
const textOf = (instruction: Instruction): string => instruction.getArgumentsContent() ?? '';
const lineOf = (instruction: Instruction): number => instruction.getRange().start.line + 1;

/** Reads a Dockerfile as a build would, and says what is wrong with it. */
export function lintDockerfile(text: string): Finding[] {
  const findings: Finding[] = validate(text).map(({ message, range }) => ({
    rule: 'syntax',
    line: range.start.line + 1,
    message: typeof message === 'string' ? message : message.value,
  }));
  const instructions = DockerfileParser.parse(text).getInstructions();
  const stages: Stage[] = [];
  for (const instruction of instructions) {
    if (keywordOf(instruction) === 'FROM') stages.push({ from: instruction as From, instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  const say = (rule: Rule, at: Instruction, message: string) => findings.push({ rule, line: lineOf(at), message });

  const names = new Set(stages.map(({ from }) => from.getBuildStage()));
  for (const { from } of stages) {
    const image = from.getImage() ?? '';
    if (!names.has(image) && !MAJOR.test(image) && !DIGEST.test(image))
      say('pinned-base', from, `${image} names neither a major version nor a digest.`);
  }
  for (const instruction of instructions) {
    for (const name of secretsIn(instruction))
      say('no-secrets', instruction, `${name} would stay in the image for everybody to read.`);
    if (!isExecForm(instruction)) say('exec-form', instruction, `${keywordOf(instruction)} wants a list of words.`);
    if (keywordOf(instruction) !== 'RUN') continue;
    const run = textOf(instruction);
    if (/apt-get +install/.test(run) && !isLean(run))
      say('lean-packages', instruction, 'Update, install --no-install-recommends and remove the lists in one step.');
    for (const name of unpinnedIn(run)) say('pinned-packages', instruction, `${name} is installed in any version.`);
  }
  const last = stages.at(-1);
  if (last) for (const finding of lintImage(last)) findings.push(finding);
  return findings;
}

/** The last stage alone becomes the image. */
function* lintImage({ from, instructions }: Stage): Generator<Finding> {
  const user = instructions.findLast((one) => keywordOf(one) === 'USER');
  if (user === undefined || /^(root|0)(:|$)/.test(textOf(user)))
    yield { rule: 'no-root', line: lineOf(user ?? from), message: 'The program runs as root.' };
  if (!instructions.some((one) => keywordOf(one) === 'HEALTHCHECK'))
    yield { rule: 'healthcheck', line: lineOf(from), message: 'Nothing says whether the program works.' };
  for (const instruction of instructions.filter((one) => keywordOf(one) === 'COPY')) {
    const flags = (instruction as Copy).getFlags().map((flag) => flag.getName());
    if (!flags.includes('chown'))
      yield { rule: 'owned-copies', line: lineOf(instruction), message: 'COPY does not say whose files these are.' };
  }
}

function secretsIn(instruction: Instruction): string[] {
  if (keywordOf(instruction) !== 'ENV' && keywordOf(instruction) !== 'ARG') return [];
  const properties = (instruction as PropertyInstruction).getProperties();
  return properties.map((property) => property.getName()).filter((name) => SECRET_NAME.test(name));
}

/** In the shell form a signal reaches the shell, and the program never receives it. */
function isExecForm(instruction: Instruction): boolean {
  switch (keywordOf(instruction)) {
    case 'CMD':
    case 'ENTRYPOINT':
      return textOf(instruction).startsWith('[');
    case 'HEALTHCHECK': {
      const [command, ...rest] = (instruction as Healthcheck).getArguments().map((one) => one.getValue());
      return command !== 'CMD' || rest.join(' ').startsWith('[');
    }
    default:
      return true;
  }
}

const isLean = (run: string): boolean =>
  /apt-get +update/.test(run) && /--no-install-recommends/.test(run) && /rm -rf \/var\/lib\/apt\/lists\//.test(run);

/** Packages of pip without `==`, of npm without a lock; Debian's follow their release. */
function unpinnedIn(run: string): string[] {
  const commands = run.split(/&&|;|\\?\n/).map((command) => command.trim().split(/\s+/));
  return commands.flatMap((words) => {
    const at = words.findIndex(
      (word, index) => word === 'install' && /(^|\/)(pip3?|npm)$/.test(words[index - 1] ?? ''),
    );
    if (at === -1) return [];
    if (/npm$/.test(words[at - 1] ?? '')) return ['npm install'];
    return words.slice(at + 1).filter((word) => !word.startsWith('-') && !word.includes('=='));
  });
}
