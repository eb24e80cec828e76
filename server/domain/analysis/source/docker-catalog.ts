import { z } from 'zod';
import type { Launch } from './launch.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const setting = z.looseObject({ name: z.string().optional(), env: z.string().optional(), value: scalar.optional() });
const variables = z.record(z.string(), scalar);
const remote = z.looseObject({ url: z.string(), headers: variables.optional() });

/** One server in the catalog that Docker's MCP gateway reads (`registry:`). */
const entrySchema = z.looseObject({
  image: z.string().optional(),
  command: z.array(scalar).optional(),
  volumes: z.array(z.string()).optional(),
  env: z.array(setting).optional(),
  secrets: z.array(setting).optional(),
  remote: remote.optional(),
});

/** `server.yaml` of docker/mcp-registry, from which the catalog is made. */
const sourceSchema = z.looseObject({
  image: z.string().optional(),
  remote: remote.optional(),
  run: z
    .looseObject({
      command: z.array(scalar).optional(),
      volumes: z.array(z.string()).optional(),
      env: variables.optional(),
    })
    .optional(),
  config: z.looseObject({ secrets: z.array(setting).optional(), env: z.array(setting).optional() }).optional(),
});

/** `{{server.key|filter}}`: filters turn a value into words for `docker run`, which a form does with values itself. */
const withoutFilters = (text: string): string =>
  text.replace(/\{\{\s{0,9}([\w.-]{1,99})\s{0,9}\|[^{}]*\}\}/g, '{{$1}}');

/** A folder that the person chooses lies on a computer: written like one, so that the analysis says what becomes of it. */
const volume = (text: string): string => {
  const [place = '', target] = withoutFilters(text).split(/:(?=[^:{}]*$)/);
  return place.startsWith('{{') ? `$FOLDER:${target ?? '/folder'}` : text;
};

type Container = { image: string; command: string[]; volumes: string[]; env: Record<string, string | null> };

function containerLaunch(name: string | null, { image, command, volumes, env }: Container): Launch {
  const options = [
    ...Object.keys(env).flatMap((variable) => ['-e', variable]),
    ...volumes.flatMap((one) => ['-v', volume(one)]),
  ];
  const args = ['run', '-i', '--rm', ...options, image, ...command.map(withoutFilters)];
  return { name, command: 'docker', args, env, url: null };
}

/** Secrets have no value in a catalog; other variables have one, which may stand for an answer of the person. */
const variablesOf = (
  secrets: z.infer<typeof setting>[] | undefined,
  env: z.infer<typeof setting>[] | undefined,
): Record<string, string | null> =>
  Object.fromEntries([
    ...(env ?? []).flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? null] as const])),
    ...(secrets ?? []).flatMap((one) => (one.env === undefined ? [] : [[one.env, null] as const])),
  ]);

const remoteLaunch = (name: string | null, { url, headers }: z.infer<typeof remote>): Launch => ({
  name,
  command: null,
  args: [],
  env: {},
  url,
  ...(headers ? { headers } : {}),
});

/** A server of a catalog; null where it has neither an image nor an address, or another shape. */
export function catalogLaunch(name: string, value: unknown): Launch | null {
  const { data } = entrySchema.safeParse(value);
  if (data?.image !== undefined) {
    const { image, command = [], volumes = [], secrets, env } = data;
    return containerLaunch(name, { image, command, volumes, env: variablesOf(secrets, env) });
  }
  return data?.remote ? remoteLaunch(name, data.remote) : null;
}

/** The server of a `server.yaml`; null where it has neither an image nor an address, or another shape. */
export function catalogSourceLaunch(name: string | null, value: unknown): Launch | null {
  const { data } = sourceSchema.safeParse(value);
  if (data?.image !== undefined) {
    const { image, run, config } = data;
    const env = { ...variablesOf(config?.secrets, config?.env), ...fixed(run?.env) };
    return containerLaunch(name, { image, command: run?.command ?? [], volumes: run?.volumes ?? [], env });
  }
  return data?.remote ? remoteLaunch(name, data.remote) : null;
}

/** Values of `run.env` that name a setting again are the same field as that setting. */
const fixed = (env: Record<string, string> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(env ?? {}).filter(([, value]) => !value.includes('{{')));
