import type { ImageConfig } from '#deploy/host/images/image-config.ts';
import type { HttpServing } from '#deploy/host/package-spec.ts';
import { chosenHttp, namesTransport, portSettings } from './http-serving.ts';

/** The part of a pasted `docker run` that decides how its server speaks. */
export type ImageLaunch = {
  /** `-i`: the container has a standard input. */
  hasInput: boolean;
  args: readonly string[];
  /** Null: that of the image. */
  entrypoint: string | null;
  /** Values of `-e NAME=value`; null for a bare name. */
  values: Readonly<Record<string, string | null>>;
};

export type ImageServingFacts = {
  launch?: ImageLaunch;
  /** A registry's entry names no transport for the image but HTTP. */
  declaresHttp?: boolean;
};

const STDIO_WORD = /(?:^|=)(?:--?)?stdio$/i;

const wordsOf = ({ entrypoint, cmd }: ImageConfig, launch: ImageLaunch | undefined): string[] => {
  const other = launch?.entrypoint ?? null;
  const own = other === null ? cmd : [];
  return [...(other === null ? entrypoint : [other]), ...(launch?.args.length ? launch.args : own)];
};

/**
 * Recognizes an image whose server serves HTTP instead of stdio: its program, its variables or the pasted line choose a
 * transport, the line gives it a port and no standard input, or its registry entry says so. `code`: how the server of
 * the repository that it was built from serves HTTP alone. Null for a server that speaks stdio.
 */
export function imageServing(
  config: ImageConfig,
  { launch, declaresHttp = false }: ImageServingFacts,
  code: HttpServing | null = null,
): HttpServing | null {
  const words = wordsOf(config, launch);
  const env = { ...config.env, ...launch?.values };
  const chosen = chosenHttp(words, env);
  const speaksStdio = words.some((word) => STDIO_WORD.test(word)) || namesTransport(env, /^stdio$/i);
  const hasPortAlone = launch?.hasInput === false && (config.ports.length > 0 || chosen?.by === 'PORT');
  const isHttp = chosen?.by === 'TRANSPORT' || (!speaksStdio && (hasPortAlone || declaresHttp || code !== null));
  if (!isHttp) return null;
  return {
    ...code,
    ...portSettings([...Object.keys(env), ...(code?.portVariables ?? []), ...(code?.hostVariables ?? [])]),
    ...(chosen?.portFlag === undefined ? {} : { portFlag: chosen.portFlag }),
  };
}
