import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from './catwalk-server.ts';

const ROOT = resolve(import.meta.dirname, '..');
const DEPLOY_MS_MAX = 300_000;
const run = promisify(execFile);

type Field = {
  name: string;
  kind: string;
  required: boolean;
  requirement?: string;
  usual?: boolean;
  group?: string | null;
  together?: string[];
  choices: string[];
  default: string | null;
};
type Candidate = { credentials: Field[]; arguments: Field[] };
export type Outcome = { status: string; tools: number; code: string };
/** Fields that are filled in: those that a form demands, or those usually needed as well. */
export type Care = 'required' | 'usual';

/** A server of Catwalk on this computer, with a folder and a file that fields can name. */
export type Workshop = { dataDir: string; folder: string };

/** A value that passes a form and belongs to no account. */
export const dummyOf = (name: string, kind: string, folder: string, choices: readonly string[] = []): string => {
  if (kind === 'FILE') return join(folder, 'dummy.txt');
  if (kind === 'NUMBER') return '1';
  if (kind === 'BOOLEAN') return 'false';
  if (kind === 'CHOICE') return choices[0] ?? '';
  if (/port$/i.test(name)) return '4000';
  if (/url|uri|endpoint/i.test(name)) return 'https://example.com';
  return /dir|path|folder/i.test(name) ? folder : 'catwalk-bench';
};

const isFilled = (field: Field, care: Care): boolean =>
  field.required || (care === 'usual' && (field.requirement === 'LAZY' || field.usual === true));

/** The fields to fill in; of a group of which one suffices, the first with what belongs to it. */
function filled(fields: readonly Field[], care: Care, folder: string): string[] {
  const groups = new Map<string, readonly string[]>();
  return fields.flatMap((field) => {
    if (!isFilled(field, care)) return [];
    const chosen = field.group ? groups.get(field.group) : undefined;
    if (chosen && !chosen.includes(field.name)) return [];
    if (field.group && !chosen) groups.set(field.group, [field.name, ...(field.together ?? [])]);
    return [`${field.name}=${dummyOf(field.name, field.kind, folder, field.choices)}`];
  });
}

async function catwalk(args: string[], dataDir: string): Promise<unknown> {
  const options = {
    cwd: ROOT,
    env: { ...process.env, CATWALK_DATA_DIR: dataDir },
    timeout: DEPLOY_MS_MAX,
    maxBuffer: 64 * 1024 * 1024,
  };
  try {
    const { stdout } = await run(process.execPath, ['server/cli/catwalk.mjs', ...args, '--json'], options);
    return JSON.parse(stdout);
  } catch (error) {
    // a command that fails says why on stdout, as JSON too
    const stdout = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    if (stdout.trim() === '') return { code: 'TIMED_OUT' };
    return JSON.parse(stdout);
  }
}

/** Deploys a source on this computer and removes the deployment again. */
async function deploy(source: string, options: string[], { dataDir }: Workshop): Promise<Outcome> {
  const answer = (await catwalk(['deploy', source, '--accept-unverified', ...options], dataDir)) as {
    databaseId?: string;
    status?: string;
    tools?: unknown[];
    code?: string;
    error?: { code: string };
  };
  if (answer.databaseId) await catwalk(['rm', answer.databaseId, '--yes'], dataDir);
  return {
    status: answer.status ?? 'FAILED',
    tools: answer.tools?.length ?? 0,
    code: answer.code ?? answer.error?.code ?? '',
  };
}

/** Deploys what a person pastes, with the form filled in by dummies. */
export async function deployByForm(source: string, care: Care, workshop: Workshop): Promise<Outcome> {
  const analysis = (await catwalk(['analyze', source], workshop.dataDir)) as {
    candidates?: Candidate[];
    code?: string;
  };
  const candidate = analysis.candidates?.[0];
  if (!candidate) return { status: 'not analyzed', tools: 0, code: analysis.code ?? '' };
  const env = filled(candidate.credentials, care, workshop.folder).flatMap((one) => ['--env', one]);
  const args = filled(candidate.arguments, care, workshop.folder).flatMap((one) => ['--arg', one]);
  return deploy(source, [...env, ...args], workshop);
}

/** Deploys a launch as a person writes it who knows the program. */
export const deployByHand = (
  source: string,
  args: readonly string[],
  env: Record<string, string>,
  workshop: Workshop,
): Promise<Outcome> =>
  deploy(
    JSON.stringify({ mcpServers: { byHand: { command: 'npx', args: ['-y', source, ...args], env } } }),
    [],
    workshop,
  );

/** Runs a bench with a server of its own, whose data is removed at the end. */
export async function withWorkshop(work: (workshop: Workshop) => Promise<void>): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), 'catwalk-bench-'));
  const workshop = { dataDir: join(temporary, 'data'), folder: join(temporary, 'files') };
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  try {
    await mkdir(workshop.folder);
    await writeFile(join(workshop.folder, 'dummy.txt'), 'catwalk-bench\n');
    server = await startServer(ROOT, workshop.dataDir);
    await work(workshop);
  } finally {
    await server?.stop();
    await rm(temporary, { recursive: true, force: true });
  }
}
