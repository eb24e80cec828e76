import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Assignment, parseAssignment } from './assignments.ts';
import { parsePolicy } from './egress-policy.ts';
import { CliFailure, usage } from './failure.ts';
import type { Candidate } from './operations/analysis.ts';

/** Options of `deploy` as they were typed. */
export type DeployOptions = {
  env?: string[];
  arg?: string[];
  name?: string;
  candidate?: string[];
  all?: boolean;
  public?: boolean;
  /** In place of `public`: a name of the schema. */
  access?: string;
  isolation?: string;
  personal?: string[];
  acceptUnverified?: boolean;
  version?: string;
  memory?: number;
  processor?: string;
  region?: string;
  sleep?: number;
  /** A policy as `catwalk egress --policy` takes it, and hosts. */
  egress?: string;
  allow?: string[];
  refresh?: boolean;
};

export type Given = { environment: Assignment[]; arguments: Assignment[] };

/** The values of `--env` and `--arg`, checked before the first request. */
export const parseGiven = (options: Pick<DeployOptions, 'env' | 'arg'>, environment: NodeJS.ProcessEnv): Given => ({
  environment: (options.env ?? []).map((text) => parseAssignment('--env', text, environment)),
  arguments: (options.arg ?? []).map((text) => parseAssignment('--arg', text)),
});

/** Adds the values of a pasted command or configuration; the options of the command line outrank them. */
export function withPasted(given: Given, pasted: { credentials: Assignment[]; arguments: Assignment[] }): Given {
  const missing = (values: Assignment[], own: Assignment[]) =>
    values.filter(({ name }) => !own.some((one) => one.name === name));
  return {
    environment: [...missing(pasted.credentials, given.environment), ...given.environment],
    arguments: [...missing(pasted.arguments, given.arguments), ...given.arguments],
  };
}

/**
 * Shares values among several servers: each receives those of its own fields, and variables that no server is known to
 * read go to all of them. @throws CliFailure for an argument that none of them takes.
 */
export function sharedAmong(given: Given, candidates: readonly Candidate[]): (candidate: Candidate) => Given {
  const takes = (candidate: Candidate, name: string) => candidate.arguments.some((field) => field.name === name);
  const reads = (candidate: Candidate, name: string) => candidate.credentials.some((field) => field.name === name);
  for (const { name } of given.arguments) {
    if (candidates.some((candidate) => takes(candidate, name))) continue;
    throw usage(`None of these servers has an argument “${name}”.`, candidates.map(known).join('\n'));
  }
  return (candidate) => ({
    environment: given.environment.filter(
      ({ name }) => reads(candidate, name) || !candidates.some((other) => reads(other, name)),
    ),
    arguments: given.arguments.filter(({ name }) => takes(candidate, name)),
  });
}

type Field = Candidate['arguments'][number] | Candidate['credentials'][number];

/** The input of the `deploy` mutation. Variables that the analysis did not find are passed all the same. */
export async function buildDeployInput(
  candidate: Candidate,
  analysisId: string,
  given: Given,
  extraArguments: readonly string[],
  options: DeployOptions,
  cwd: string,
): Promise<Record<string, unknown>> {
  const credentialFields = new Map(candidate.credentials.map((field) => [field.name, field]));
  const argumentFields = new Map(candidate.arguments.map((field) => [field.name, field]));
  for (const { name } of given.arguments) {
    if (!argumentFields.has(name)) throw usage(`${candidate.displayName} has no argument “${name}”.`, known(candidate));
  }
  const filled = (pairs: Assignment[], fields: ReadonlyMap<string, Field>) =>
    Promise.all(pairs.map(async ({ name, value }) => ({ name, value: await contentOf(fields.get(name), value, cwd) })));
  return {
    analysisId,
    candidate: candidate.key,
    name: options.name,
    credentials: await filled(
      given.environment.filter(({ name }) => credentialFields.has(name)),
      credentialFields,
    ),
    extraEnvironment: given.environment.filter(({ name }) => !credentialFields.has(name)),
    arguments: await filled(given.arguments, argumentFields),
    extraArguments,
    version: options.version,
    memoryMb: options.memory,
    processor: options.processor,
    region: options.region,
    sleepAfterMinutes: options.sleep,
    personalFields: options.personal ?? [],
    access: options.access ?? (options.public ? 'PUBLIC' : 'TOKEN'),
    isolation: options.isolation,
    ...(options.egress === undefined ? {} : { egress: parsePolicy(options.egress) }),
    ...(options.allow === undefined ? {} : { egressHosts: options.allow }),
    acceptUnverified: options.acceptUnverified ?? false,
  };
}

function known({ displayName, arguments: fields }: Candidate): string {
  const names = fields.map(({ name }) => name);
  return `${displayName} ${names.length === 0 ? 'is not known to take any' : `takes: ${names.join(', ')}`}. Others go after --, as they are.`;
}

/** A field that wants a file takes a path on the command line; the server takes the content. */
async function contentOf(field: Field | undefined, value: string, cwd: string): Promise<string> {
  if (field?.kind !== 'FILE' || value === '') return value;
  try {
    return (await readFile(resolve(cwd, value))).toString('base64');
  } catch (error) {
    throw new CliFailure('INVALID_INPUT', `The file for ${field.name} cannot be read.`, {
      hint: `Give the path of a file: ${field.name}=./file`,
      cause: error,
    });
  }
}
