import type { ImageConfig } from './image-config.ts';
import { ImageError } from './image-error.ts';

/** Parts that `docker run` takes from its own command line instead of the image's configuration. */
export type ImageOverrides = { entrypoint?: string[]; workingDir?: string };

/** As container engines set it where an image names none. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The words that start an image: its entrypoint, then the given arguments, or its own where none are given. As with
 * `docker run`, another entrypoint takes the image's own arguments away.
 */
export const wordsOf = (
  { entrypoint, cmd }: Pick<ImageConfig, 'entrypoint' | 'cmd'>,
  overrides: ImageOverrides,
  args: readonly string[],
): string[] => {
  const own = overrides.entrypoint === undefined ? cmd : [];
  const words = [...(overrides.entrypoint ?? entrypoint), ...(args.length > 0 ? args : own)];
  if (words.length === 0)
    throw new ImageError('unsupported', 'The image names no program to start.', {
      hint: 'Paste the whole command, with the program after the image.',
    });
  return words;
};

/** The variables of an image, in the order of its configuration. Those in `except` are set by other means. */
export const variablesOf = ({ env }: Pick<ImageConfig, 'env'>, except: ReadonlySet<string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ PATH, ...env }).filter(([name]) => /^[A-Za-z_]\w*$/.test(name) && !except.has(name)),
  );
