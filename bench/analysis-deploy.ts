import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from './catwalk-server.ts';
import { popularServers } from './popular-servers.ts';

const ROOT = resolve(import.meta.dirname, '..');
const DEPLOY_MS_MAX = 300_000;
const run = promisify(execFile);

type Field = {
  name: string;
  kind: string;
  required: boolean;
  group?: string | null;
  choices: string[];
  default: string | null;
};
type Candidate = { credentials: Field[]; arguments: Field[]; deployable: boolean; notDeployableReason: string | null };
type Outcome = { status: string; tools: number; code: string };

/** A value that passes the form and belongs to no account: only required fields are filled. */
const dummy = (field: Field, folder: string): string => {
  if (field.kind === 'FILE') return join(folder, 'dummy.txt');
  if (field.kind === 'NUMBER') return '1';
  if (field.kind === 'BOOLEAN') return 'false';
  if (field.kind === 'CHOICE') return field.choices[0] ?? '';
  if (/url|uri/i.test(field.name)) return 'https://example.com';
  return /dir|path|folder/i.test(field.name) ? folder : 'catwalk-bench';
};

/** The required fields; of a group of which one suffices, the first. */
function filled(fields: readonly Field[], folder: string): string[] {
  const groups = new Set<string>();
  return fields.flatMap((field) => {
    if (!field.required || (field.group && groups.has(field.group))) return [];
    if (field.group) groups.add(field.group);
    return [`${field.name}=${dummy(field, folder)}`];
  });
}

const catwalk = async (args: string[], dataDir: string): Promise<unknown> => {
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
    if (stdout.trim() === '') throw error;
    return JSON.parse(stdout);
  }
};

async function deploy(name: string, dataDir: string, folder: string): Promise<Outcome> {
  const analysis = (await catwalk(['analyze', name], dataDir)) as { candidates?: Candidate[]; code?: string };
  const candidate = analysis.candidates?.[0];
  if (!candidate) return { status: 'not analyzed', tools: 0, code: analysis.code ?? '' };
  const env = filled(candidate.credentials, folder).flatMap((one) => ['--env', one]);
  const args = filled(candidate.arguments, folder).flatMap((one) => ['--arg', one]);
  const answer = (await catwalk(['deploy', name, ...env, ...args], dataDir)) as {
    databaseId?: string;
    status?: string;
    tools?: unknown[];
    code?: string;
    error?: { code: string };
  };
  if (answer.databaseId) await catwalk(['rm', answer.databaseId, '--yes'], dataDir).catch(() => undefined);
  return {
    status: answer.status ?? 'FAILED',
    tools: answer.tools?.length ?? 0,
    code: answer.code ?? answer.error?.code ?? '',
  };
}

/** Every server deployed on this computer, one after another, filled in as its form demands, until it answers or fails. */
export async function deployPopular(options: { only: string | undefined }): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), 'catwalk-bench-'));
  const dataDir = join(temporary, 'data');
  const folder = join(temporary, 'files');
  const rows: Record<string, string | number>[] = [];
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  try {
    await run('mkdir', ['-p', folder]);
    await writeFile(join(folder, 'dummy.txt'), 'catwalk-bench\n');
    server = await startServer(ROOT, dataDir);
    for (const { package: name } of await popularServers(options.only)) {
      const since = performance.now();
      const outcome = await deploy(name, dataDir, folder);
      rows.push({ server: name, ...outcome, seconds: ((performance.now() - since) / 1_000).toFixed(1) });
      process.stderr.write(`${name}: ${outcome.status} ${outcome.code}\n`);
    }
  } finally {
    await server?.stop();
    await rm(temporary, { recursive: true, force: true });
  }
  console.table(rows);
}
