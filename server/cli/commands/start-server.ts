import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CliFailure } from '../failure.ts';
import type { Shell } from '../shell.ts';

/** As `npm start`: builds what must be built, then becomes the server, which ends on signals by itself. */
export async function startServer(shell: Shell): Promise<void> {
  const build = spawn(process.execPath, [join(shell.root, 'server', 'build.ts')], {
    cwd: shell.root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(build, 'exit');
  if (code !== 0) {
    throw new CliFailure('INTERNAL', 'What the server needs could not be built.', {
      hint: 'The lines above say why. `npm ci` puts everything in place that a build needs.',
    });
  }
  process.chdir(shell.root); // the data folder is the checkout's, as with npm start
  await import('../../main.ts');
}
