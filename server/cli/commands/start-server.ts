import { buildStale } from '../../process/build-stale.ts';
import { CliFailure } from '../failure.ts';
import type { Shell } from '../shell.ts';

/** Does what `npm start` does: builds what is stale, then becomes the server, which ends on signals by itself. */
export async function startServer(shell: Shell): Promise<void> {
  const code = await buildStale();
  if (code !== 0) {
    throw new CliFailure('INTERNAL', 'The build that the server needs failed.', {
      hint: 'See the lines above. `npm ci` installs everything that a build needs.',
    });
  }
  process.chdir(shell.root); // the data folder of the checkout, as with npm start
  await import('../../main.ts');
}
