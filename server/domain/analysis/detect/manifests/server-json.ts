import { z } from 'zod';
import { quotedLines } from '../../files/quoted-lines.ts';
import { parseTolerantJson } from '../../files/tolerant-json.ts';
import type { EvidenceKind, FieldKind } from '../../result.ts';
import { type ArgumentFinding, ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';

/** One entry of `packages`. */
export type DeclaredPackage = {
  type: 'npm' | 'pypi' | 'oci' | 'nuget' | 'mcpb' | 'other';
  identifier: string;
  /** Null for templates such as `{{VERSION}}`. */
  version: string | null;
  transport: string | null;
  env: EnvFinding[];
  arguments: ArgumentFinding[];
  fixed: string[];
};

export type ServerDocument = {
  name: string | null;
  title: string | null;
  description: string | null;
  version: string | null;
  repository: { url: string; subfolder: string | null } | null;
  packages: DeclaredPackage[];
  remotes: DeclaredRemote[];
};

/** An address at which a server runs, with the headers that it takes. */
export type DeclaredRemote = {
  type: string;
  url: string;
  headers: { name: string; description: string | null; isRequired: boolean; isSecret: boolean }[];
};

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

const inputSchema = z.looseObject({
  name: text,
  type: text,
  description: text,
  isRequired: flag,
  isSecret: flag,
  isRepeated: flag,
  format: text,
  default: z.union([z.string(), z.number(), z.boolean()]).transform(String).optional().catch(undefined),
  value: text,
  valueHint: text,
  placeholder: text,
  choices: z.array(z.string()).optional().catch(undefined),
  variables: z
    .record(
      z.string(),
      z.looseObject({
        isRequired: flag,
        isSecret: flag,
        description: text,
        format: text,
        default: z.union([z.string(), z.number(), z.boolean()]).transform(String).optional().catch(undefined),
        choices: z.array(z.string()).optional().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
});
type Input = z.infer<typeof inputSchema>;

const inputs = z.array(inputSchema).catch([]).default([]);
const documentSchema = z.looseObject({
  name: text,
  title: text,
  description: text,
  version: text,
  versionDetail: z.looseObject({ version: text }).optional().catch(undefined),
  repository: z.looseObject({ url: text, subfolder: text }).optional().catch(undefined),
  packages: z
    .array(
      z.looseObject({
        registryType: text,
        registryName: text,
        identifier: text,
        name: text,
        version: text,
        transport: z.looseObject({ type: text }).optional().catch(undefined),
        environmentVariables: inputs,
        packageArguments: inputs,
        runtimeArguments: inputs,
      }),
    )
    .catch([])
    .default([]),
  remotes: z
    .array(
      z.looseObject({
        type: text,
        transportType: text,
        url: z.string(),
        headers: z.array(inputSchema).optional().catch(undefined),
      }),
    )
    .catch([])
    .default([]),
});

const camelKey = (key: string): string =>
  /^[a-z]+(?:_[a-z]+)+$/.test(key) ? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : key;

/** No entry nests deeper; strangers write them. */
const DEPTH_MAX = 32;

/** Older schemas write `environment_variables`, newer ones `environmentVariables`. */
const camel = (value: unknown, depth = 0): unknown => {
  if (depth > DEPTH_MAX) return undefined;
  if (Array.isArray(value)) return value.map((one) => camel(one, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [camelKey(key), camel(one, depth + 1)]));
};

const isTemplate = (value: string | undefined): boolean => value === undefined || /[{}$<>]/.test(value);

const kindOf = (input: Input): FieldKind | undefined => {
  if (input.isSecret) return 'SECRET';
  if (input.choices && input.choices.length > 1) return 'CHOICE';
  if (input.format === 'boolean') return 'BOOLEAN';
  if (input.format === 'number') return 'NUMBER';
  return undefined;
};

/** The variables that a value holds, with their names: `Bearer {token}` holds one. */
const variablesIn = (input: Input) =>
  [...(input.value ?? '').matchAll(/\{([\w-]+)\}/g)].flatMap(([, name = '']) => {
    const variable = input.variables?.[camelKey(name)]; // the names of variables are keys too
    return variable ? [{ name, ...variable }] : [];
  });

/**
 * A value with variables takes its facts from them: those of the one variable that it is, and of several the strictest.
 * The template itself is shown as an example and never given to the server.
 */
function withVariables(input: Input): Input {
  const found = variablesIn(input);
  const [only, ...others] = found;
  if (!only) return input;
  const isWhole = others.length === 0 && /^(?:[A-Z]\w*=)?\{[\w-]+\}$/.test(input.value ?? '');
  const described = found.flatMap(({ name, description }) =>
    description ? [others.length === 0 ? description : `${name}: ${description}`] : [],
  );
  const description = [...(input.description ? [input.description] : []), ...described].join('. ');
  return {
    ...input,
    isSecret: found.some(({ isSecret }) => isSecret === true) || (only.isSecret ?? input.isSecret),
    isRequired:
      found.some((one) => one.isRequired === true && one.default === undefined) ||
      (isWhole ? only.isRequired : input.isRequired),
    ...(description ? { description } : {}),
    ...(isWhole
      ? {
          default: input.default ?? only.default,
          format: input.format ?? only.format,
          choices: input.choices ?? only.choices,
          valueHint: input.valueHint ?? only.name,
        }
      : { placeholder: input.placeholder ?? input.value }),
  };
}

type DocumentOrigin = { kind: EvidenceKind; file: string | null; lineOf: (name: string) => number | null };

function envFinding(name: string, raw: Input, origin: DocumentOrigin): EnvFinding[] {
  if (!ENV_NAME.test(name)) return [];
  const input = withVariables(raw);
  const kind = kindOf(input);
  const isFixed = input.value !== undefined && !isTemplate(input.value);
  return [
    {
      name,
      evidence: evidenceOf(origin.kind, origin.file, origin.lineOf(name), null),
      ...(input.description ? { description: input.description } : {}),
      // a default or a fixed value fills what is called required
      requirement: input.isRequired === true && input.default === undefined && !isFixed ? 'LAZY' : 'OPTIONAL',
      ...(input.isSecret === undefined ? {} : { secret: input.isSecret }),
      ...(kind && kind !== 'SECRET' ? { kind } : {}),
      ...(input.default !== undefined && input.default !== '' ? { default: input.default } : {}),
      ...(input.choices?.length ? { choices: input.choices } : {}),
      ...(input.placeholder ? { example: input.placeholder } : {}),
    },
  ];
}

function argumentFindings(all: Input[], origin: DocumentOrigin): { arguments: ArgumentFinding[]; fixed: string[] } {
  const found: ArgumentFinding[] = [];
  const fixed: string[] = [];
  for (const raw of all) {
    const input = withVariables(raw);
    const named =
      input.type === 'named' && input.name ? (input.name.startsWith('-') ? input.name : `--${input.name}`) : null;
    const isFixed = input.value !== undefined && !isTemplate(input.value);
    const word = input.value ?? '';
    // a flag that was filed as positional, and values that are always the same
    if (named === null && isFixed) fixed.push(word);
    else if (named !== null && isFixed && input.isRequired) fixed.push(named, word);
    else {
      const kind = kindOf(input);
      found.push({
        flag: named,
        name: (named ?? input.valueHint ?? input.name ?? 'argument').replace(/^-+/, ''),
        evidence: evidenceOf(origin.kind, origin.file, origin.lineOf(input.name ?? input.valueHint ?? ''), null),
        ...(input.description ? { description: input.description } : {}),
        ...(kind ? { kind } : {}),
        required: input.isRequired === true && input.default === undefined,
        repeated: input.isRepeated === true,
        ...(input.default !== undefined ? { default: input.default } : {}),
        ...(input.choices?.length ? { choices: input.choices } : {}),
      });
    }
  }
  return { arguments: found, fixed };
}

const TYPES: Record<string, DeclaredPackage['type']> = {
  npm: 'npm',
  pypi: 'pypi',
  oci: 'oci',
  docker: 'oci',
  nuget: 'nuget',
  mcpb: 'mcpb',
};

/** A server as the registry's schemas describe it, of whatever year; null when it is none. */
export function readServerDocument(value: unknown, origin: DocumentOrigin): ServerDocument | null {
  const parsed = documentSchema.safeParse(camel(value));
  if (!parsed.success) return null;
  const document = parsed.data;
  if (document.packages.length === 0 && document.remotes.length === 0) return null;
  return {
    name: document.name ?? null,
    title: document.title ?? null,
    description: document.description ?? null,
    version: document.version ?? document.versionDetail?.version ?? null,
    repository: document.repository?.url
      ? { url: document.repository.url, subfolder: document.repository.subfolder || null }
      : null,
    packages: document.packages.flatMap((one): DeclaredPackage[] => {
      const identifier = one.identifier ?? one.name;
      if (!identifier) return [];
      // `-e NAME=value` for a container is a variable of the server
      const container = one.runtimeArguments.flatMap((input) => {
        const name = input.name === '-e' || input.name === '--env' ? (input.value ?? '').split('=')[0] : undefined;
        return name
          ? envFinding(name, { ...input, value: (input.value ?? '').split('=').slice(1).join('=') }, origin)
          : [];
      });
      return [
        {
          type: TYPES[(one.registryType ?? one.registryName ?? '').toLowerCase()] ?? 'other',
          identifier,
          version: isTemplate(one.version) ? null : (one.version ?? null),
          transport: one.transport?.type ?? null,
          env: [
            ...one.environmentVariables.flatMap((input) => envFinding(input.name ?? '', input, origin)),
            ...container,
          ],
          ...argumentFindings(one.packageArguments, origin),
        },
      ];
    }),
    remotes: document.remotes.map((remote) => ({
      type: remote.type ?? remote.transportType ?? 'streamable-http',
      url: remote.url,
      headers: (remote.headers ?? []).flatMap((one) =>
        one.name
          ? [
              {
                name: one.name,
                description: one.description ?? null,
                isRequired: one.isRequired === true,
                isSecret: one.isSecret === true,
              },
            ]
          : [],
      ),
    })),
  };
}

/** The same from a file's text; comments and trailing commas are forgiven. */
export function readServerJson(content: string, file: string): ServerDocument | null {
  return readServerDocument(parseTolerantJson(content), { kind: 'SERVER_JSON', file, lineOf: quotedLines(content) });
}
