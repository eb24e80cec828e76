import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Copy, DockerfileParser, type Env, type From, type Instruction } from 'dockerfile-ast';

const run = promisify(execFile);

export type Stage = {
  /** The folder that stands for its root. */
  root: string;
  workdir: string;
  env: Record<string, string>;
  /** Skipped steps that need root or a package manager of the image. */
  skipped: string[];
  command: string[];
};

type Options = {
  /** The build context: copied from, never written to. */
  context: string;
  dockerfile: string;
  /** The folder of the stages. */
  folder: string;
  /** Steps that only an image can take. */
  skip: (run: string) => boolean;
  /** Passed to every step besides what the Dockerfile says. */
  environment: Record<string, string | undefined>;
  /** What the steps made so far: stages that begin with the same steps share the result of the first RUN among them. */
  layers: Map<string, string>;
};

/**
 * Takes the steps of a Dockerfile without a Docker engine: each stage is a folder, COPY copies, RUN runs there. What an
 * image would be made of is made of the same files by the same commands.
 */
export async function takeSteps(options: Options): Promise<Stage> {
  const text = await readFile(path.join(options.context, options.dockerfile), 'utf8');
  const stages = new Map<string, Stage>();
  let stage: Stage | null = null;
  let steps: string[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const name = (instruction as From).getBuildStage() ?? 'final';
      stage = { root: path.join(options.folder, name), workdir: '/', env: {}, skipped: [], command: [] };
      await mkdir(stage.root, { recursive: true });
      stages.set(name, stage);
      steps = [(instruction as From).getImage() ?? ''];
    } else if (stage) {
      const isFirstRun = instruction.getKeyword() === 'RUN' && !steps.some((step) => step.startsWith('RUN '));
      steps.push(`${instruction.getKeyword()} ${instruction.getArgumentsContent()}`);
      if (isFirstRun && !options.skip(instruction.getArgumentsContent() ?? ''))
        await takeOnce(steps.join('\n'), stage, options, take.bind(null, instruction, stage, stages, options));
      else await take(instruction, stage, stages, options);
    }
  }
  if (!stage) throw new Error(`${options.dockerfile} has no stage.`);
  return stage;
}

/** As an engine does with a layer that it has: takes what the same steps made before. */
async function takeOnce(key: string, { root }: Stage, { layers }: Options, make: () => Promise<void>): Promise<void> {
  const made = layers.get(key);
  if (made === undefined) {
    await make();
    const kept = `${root}-layer`;
    await run('cp', ['-al', root, kept]); // links: later steps replace and delete files, and write into none
    layers.set(key, kept);
  } else {
    await run('cp', ['-alf', `${made}/.`, root]);
  }
}

async function take(
  instruction: Instruction,
  stage: Stage,
  stages: ReadonlyMap<string, Stage>,
  options: Options,
): Promise<void> {
  const inside = (file: string) => path.join(stage.root, path.resolve(stage.workdir, file));
  const words = instruction.getArguments().map((argument) => argument.getValue());
  switch (instruction.getKeyword()) {
    case 'WORKDIR':
      stage.workdir = words[0] ?? '/';
      await mkdir(inside('.'), { recursive: true });
      return;
    case 'ENV':
      for (const property of (instruction as Env).getProperties()) {
        stage.env[property.getName()] = property.getValue() ?? '';
      }
      return;
    case 'COPY': {
      const from = (instruction as Copy)
        .getFlags()
        .find((flag) => flag.getName() === 'from')
        ?.getValue();
      const source = from ? stages.get(from)?.root : options.context;
      if (source === undefined) throw new Error(`COPY --from=${from}: there is no such stage.`);
      const target = words.pop() ?? '.';
      for (const file of words) {
        const copied = path.join(source, file);
        // Of a folder its content is copied, of a file the file itself.
        const isPutInto = target.endsWith('/') && !(await stat(copied)).isDirectory();
        const to = inside(isPutInto ? path.join(target, path.basename(file)) : target);
        await cp(copied, to, {
          recursive: true,
          filter: ignored(options.context),
          verbatimSymlinks: true,
        });
      }
      return;
    }
    case 'RUN': {
      const command = instruction.getArgumentsContent() ?? '';
      if (options.skip(command)) {
        stage.skipped.push(command);
        return;
      }
      const env = { ...options.environment, ...stage.env };
      await run('sh', ['-c', command], { cwd: inside('.'), env, timeout: 600_000, maxBuffer: 64 * 1024 * 1024 });
      return;
    }
    case 'CMD':
      stage.command = JSON.parse(instruction.getArgumentsContent() ?? '[]') as string[]; // the exec form is the one used
      return;
    default: // USER, EXPOSE and HEALTHCHECK say how it is run
  }
}

/** As .dockerignore has it; without what is not part of a checkout. */
const ignored = (context: string) => {
  const names = ['.git', '.ci', '.catwalk', 'node_modules', 'dist', 'bench', 'docs', 'tests'];
  return (file: string) => !names.some((name) => file === path.join(context, name));
};
