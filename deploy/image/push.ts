import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { FLY_REGISTRY, headManifest } from './registry.ts';

const USAGE = `Builds the machine image on Fly's builders, pushes it, and tells the backend to use it.

  npm run fly:image -- --mcp-app NAME [--app NAME] [--label LABEL] [--registry HOST]

--mcp-app  the app that the image, and a single tenant's machines, belong to
--app      the backend's app: its secret FLY_MCP_IMAGE is set, which restarts it; else the name is only printed
--label    the tag; the commit when it is left out
--registry where the digest of the pushed image is read; Fly's registry when it is left out

The image is named by its digest afterwards: a tag may become another image, and Fly may drop one that nothing uses.`;

const ROOT = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
const FLYCTL_MS_MAX = 30_000;

type Options = { mcpApp: string; app: string | null; label: string; registry: string };

class UsageError extends Error {}

async function readOptions(): Promise<Options> {
  const { values } = parseArgs({
    options: {
      'mcp-app': { type: 'string' },
      app: { type: 'string' },
      label: { type: 'string' },
      registry: { type: 'string', default: FLY_REGISTRY },
    },
  });
  const mcpApp = values['mcp-app'];
  if (!mcpApp) throw new UsageError(USAGE);
  const label =
    values.label ?? `host-${(await run('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT })).stdout.trim()}`;
  return { mcpApp, app: values.app ?? null, label, registry: values.registry };
}

/** Runs flyctl with its output shown. Throws when it is not there or fails. */
async function fly(args: readonly string[]): Promise<void> {
  const child = spawn('fly', args, { cwd: ROOT, stdio: 'inherit' });
  const [code] = await once(child, 'exit').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new Error('flyctl is not installed, or not on the PATH as `fly`: https://fly.io/docs/flyctl/install/');
  });
  if (code !== 0) throw new Error(`fly ${args[0]} ended with ${code}.`);
}

/** The pushed image by its digest; by its tag, with the reason, when the registry cannot be asked for it. */
async function pinImage(registry: string, repository: string, reference: string): Promise<string> {
  const tagged = `${registry}/${repository}:${reference}`;
  try {
    const { stdout } = await run('fly', ['auth', 'token'], { cwd: ROOT, timeout: FLYCTL_MS_MAX });
    const { status, digest } = await headManifest({ registry, repository, reference }, stdout.trim());
    if (digest !== null && status === 200) return `${registry}/${repository}@${digest}`;
    throw new Error(`the registry answered ${status} without a digest`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The digest of the image cannot be read (${reason}): its tag is used.\n`);
    return tagged;
  }
}

async function main(): Promise<void> {
  const { mcpApp, app, label, registry } = await readOptions();
  const config = ['--config', 'deploy/image/fly.toml', '--dockerfile', 'deploy/image/Dockerfile'];
  await fly(['deploy', '.', ...config, '--app', mcpApp, '--build-only', '--push', '--image-label', label]);
  const image = await pinImage(registry, mcpApp, label);
  if (app === null) {
    process.stdout.write(`\nfly secrets set FLY_MCP_IMAGE=${image} --app YOUR-APP\n`);
    return;
  }
  await fly(['secrets', 'set', `FLY_MCP_IMAGE=${image}`, '--app', app]);
  process.stdout.write(
    `\n${app} makes new machines of ${image}; those that run keep theirs until their next release.\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
