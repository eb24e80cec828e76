import type { PackageSpec } from '#deploy/host/package-spec.ts';
import { UserError } from '../../errors.ts';
import { credentialField } from '../detect/credential-field.ts';
import { evidenceOf } from '../detect/finding.ts';
import { type BundleManifest, type BundleOption, bundleManifestSchema } from '../detect/manifests/bundle-manifest.ts';
import { asVariable } from '../detect/merge-arguments.ts';
import type { Bundle } from '../files/bundle.ts';
import type {
  ArgumentField,
  CandidateLaunch,
  CredentialField,
  Described,
  FieldKind,
  LaunchWord,
  Template,
} from '../result.ts';

type BundleSpec = Extract<PackageSpec, { runtime: 'mcpb' }>;

const DIRNAME = '${__dirname}';
const OPTION = /\$\{user_config\.([\w-]{1,79})\}/g;
/** Both words stand for the separator of paths on the system that runs the bundle. */
const SEPARATOR = /\$\{(?:\/|pathSeparator)\}/g;
/** Folders of a person's desktop, which a machine does not have. */
const DESKTOP_FOLDER = /\$\{(?:HOME|DESKTOP|DOCUMENTS|DOWNLOADS)\}/;

const forLinux = (text: string): string => text.replaceAll(SEPARATOR, '/');
const PROGRAMS: Record<string, RegExp> = { node: /^node(?:\.exe)?$/, python: /^python3?(?:\.exe)?$/ };

/** A text of the manifest with its options as fields, named by `nameOf`. */
function templateOf(text: string, nameOf: (key: string) => string): { template: Template; keys: string[] } {
  const template: Template = [];
  const keys: string[] = [];
  let from = 0;
  for (const match of text.matchAll(OPTION)) {
    const key = match[1] ?? '';
    if (match.index > from) template.push(text.slice(from, match.index));
    template.push({ field: nameOf(key) });
    keys.push(key);
    from = match.index + match[0].length;
  }
  if (from < text.length || template.length === 0) template.push(text.slice(from));
  return { template, keys };
}

/** Defaults that name folders of a desktop mean nothing on a machine. */
const defaultOf = ({ default: value }: BundleOption): string | null =>
  (typeof value === 'string' && !value.includes('${')) || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null;

const kindOf = ({ type, sensitive }: BundleOption): FieldKind =>
  sensitive ? 'SECRET' : type === 'number' ? 'NUMBER' : type === 'boolean' ? 'BOOLEAN' : 'TEXT';

const UNKNOWN: BundleOption = { type: 'string', default: undefined };

const shared = (key: string, option: BundleOption) => ({
  label: option.title ?? key,
  description: option.description ?? null,
  kind: kindOf(option),
  required: option.required === true && option.default === undefined,
  default: defaultOf(option),
  choices: [],
  advanced: false,
  evidence: [evidenceOf('MCPB', 'manifest.json', null, `user_config.${key}`)],
});

const credentialOf = (key: string, option: BundleOption): CredentialField => {
  const common = shared(key, option);
  return credentialField(asVariable(key), { ...common, requirement: common.required ? 'HARD' : 'OPTIONAL' });
};

const argumentNameOf = (key: string): string => key.replaceAll('_', '-');

const argumentOf = (key: string, option: BundleOption): ArgumentField => ({
  ...shared(key, option),
  name: argumentNameOf(key),
  repeated: option.multiple === true,
  positional: option.multiple === true,
  flag: null,
});

/** The words behind the file that is run, or the reason against running the bundle. */
function wordsAfterEntry(manifest: BundleManifest, kind: BundleSpec['kind']): { words: string[] } | { reason: string } {
  const { entry_point: entry, mcp_config: base } = manifest.server;
  const config = { ...base, ...base.platform_overrides?.['linux'] };
  const args = (config.args ?? []).map(forLinux);
  if (kind === 'binary') return { words: args };
  const program = config.command ?? '';
  if (!PROGRAMS[kind]?.test(program))
    return {
      reason: `This bundle is started by “${program}”, and Catwalk runs bundles for Node, Python and binaries.`,
    };
  const at = args.findIndex((word) => word.replaceAll('\\', '/').replace(`${DIRNAME}/`, '') === entry);
  return at === -1
    ? { reason: 'The manifest of this bundle does not start the file that it names as its entry point.' }
    : { words: args.slice(at + 1) };
}

/** @throws UserError INVALID_SOURCE for a manifest that is not one. */
function readManifest(raw: unknown): BundleManifest {
  const parsed = bundleManifestSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') || 'its root';
  throw new UserError('INVALID_SOURCE', `The bundle’s manifest.json is wrong at ${where}.`, {
    kind: 'invalid-input',
    hint: 'Check it with mcpb validate, pack the bundle again, and paste it again.',
    cause: parsed.error,
  });
}

/** The candidate of a bundle for desktop clients (MCPB): its `user_config` is the form. @throws UserError. */
export function bundleCandidate({ path, integrity, manifest: raw, paths }: Bundle, url: string | null): Described {
  const manifest = readManifest(raw);
  const { name, version, server, user_config: options } = manifest;
  const optionOf = (key: string): BundleOption => options[key] ?? UNKNOWN;
  const kind = (['node', 'python', 'binary'] as const).find((one) => one === server.type) ?? null;
  const entry = server.entry_point.replace(/^\.?\//, '');
  const platforms = manifest.compatibility?.platforms;
  const started =
    kind === null ? null : wordsAfterEntry({ ...manifest, server: { ...server, entry_point: entry } }, kind);
  const env = { ...server.mcp_config.env, ...server.mcp_config.platform_overrides?.['linux']?.env };
  const leftOut: string[] = [];

  const words: LaunchWord[] = [];
  const inArguments = new Set<string>();
  for (const word of started && 'words' in started ? started.words : []) {
    if (DESKTOP_FOLDER.test(word)) {
      leftOut.push(word);
      continue;
    }
    const { template, keys } = templateOf(word, argumentNameOf);
    for (const key of keys) inArguments.add(key);
    // a list of values takes as many places: it comes last, as the field of a place of its own
    const isList = keys.length === 1 && template.length === 1 && optionOf(keys[0] ?? '').multiple === true;
    if (!isList) words.push({ flag: null, value: template });
  }
  const variables: CandidateLaunch['variables'] = {};
  const inVariables = new Set<string>();
  for (const [variable, text] of Object.entries(env)) {
    if (DESKTOP_FOLDER.test(text)) {
      leftOut.push(`${variable}=${text}`);
      continue;
    }
    const { template, keys } = templateOf(forLinux(text), asVariable);
    variables[variable] = template;
    for (const key of keys) inVariables.add(key);
  }

  const reason =
    kind === null
      ? `Bundles of the kind “${server.type}” are not run yet; Node, Python and binaries are.`
      : platforms && !platforms.includes('linux')
        ? `This bundle is made for ${platforms.join(' and ')}, and machines run Linux.`
        : !paths.has(entry)
          ? `The bundle does not contain ${entry}, which its manifest names.`
          : started && 'reason' in started
            ? started.reason
            : null;
  return {
    candidate: {
      key: `mcpb:${name}`,
      displayName: manifest.display_name ?? name,
      description: manifest.description ?? null,
      runtime: 'mcpb',
      deployable: reason === null,
      notDeployableReason: reason,
      package: name,
      version,
      integrity,
      subfolder: null,
      runCommand: [server.mcp_config.command, ...server.mcp_config.args].join(' '),
      arguments: [...inArguments].map((key) => argumentOf(key, optionOf(key))),
      credentials: [...inVariables].map((key) => credentialOf(key, optionOf(key))),
      verified: true,
      verdict: 'MCP_SERVER',
      tools: manifest.tools.map((tool) => ({ name: tool.name, description: tool.description ?? null })),
      notes: null,
      spec:
        reason === null && kind !== null
          ? { runtime: 'mcpb', name, version, integrity, path, ...(url === null ? {} : { url }), kind, entry }
          : null,
      fixedArguments: [],
      launch: { index: null, words, variables },
    },
    warnings:
      leftOut.length === 0
        ? []
        : [
            {
              code: 'HOST_FOLDER',
              weight: 'CAUTION',
              message: `The manifest gives folders of a computer to the server (${leftOut.join(', ')}). Catwalk leaves them out: a machine has none of them.`,
              candidateKey: `mcpb:${name}`,
            },
          ],
  };
}
