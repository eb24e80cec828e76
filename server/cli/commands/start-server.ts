import { resolve } from 'node:path';
import { buildStale } from '../../process/build/build-stale.ts';
import { defaultDataDir } from '../../process/installation.ts';
import { CliFailure } from '../failure.ts';
import { openPage } from '../open-page.ts';
import type { Shell } from '../shell.ts';

export type StartServerOptions = { open?: boolean; port?: number; data?: string };

/** Becomes the server, which ends on signals by itself. In a checkout, builds what is stale first, as `npm start` does. */
export async function startServer(shell: Shell, { open, port, data }: StartServerOptions): Promise<void> {
  const { installation, env, cwd, terminal } = shell;
  if (installation.isCheckout && (await buildStale()) !== 0)
    throw new CliFailure('INTERNAL', 'The build that the server needs failed.', {
      hint: 'See the lines above. `npm ci` installs everything that a build needs.',
    });
  const named = data ?? env['CATWALK_DATA_DIR'];
  const dataDir = named === undefined ? defaultDataDir(env, installation) : resolve(cwd, named);
  process.env['CATWALK_DATA_DIR'] = dataDir;
  if (port !== undefined) process.env['PORT'] = String(port);

  const { runServer } = await import('../../run-server.ts');
  const show = async (url: string) => {
    if (await openPage(url, dataDir)) return;
    terminal.err.line('No browser could be opened here. Open the address above.');
  };
  process.exit(await runServer(open ? { onReady: ({ url, signInUrl }) => void show(signInUrl ?? url) } : {}));
}
