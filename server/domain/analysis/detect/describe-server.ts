import type { HttpServing } from '#deploy/host/contract.ts';
import type { FileSet } from '../files/file-set.ts';
import type { ArgumentField, CredentialField, ToolSummary } from '../result.ts';
import type { LaunchTarget } from '../source/launch.ts';
import { detectBuiltNames } from './built-names.ts';
import { type CodeFile, readCode } from './code/code-file.ts';
import { reachableCode } from './code/reachable-code.ts';
import { detectCodeArguments, stdioArguments, stdioSubcommand } from './code-arguments.ts';
import { detectCompiledEnv } from './compiled/env.ts';
import { type ArgumentFinding, ENV_NAME, type EnvFinding, evidenceOf } from './finding.ts';
import { type ChosenHttp, httpServing, isFilledIn } from './http-serving.ts';
import { detectJavaScriptEnv } from './javascript/env.ts';
import { detectDockerfiles, stdioWordsOf } from './manifests/dockerfile.ts';
import { detectEnvExamples } from './manifests/env-example.ts';
import { detectGeminiSettings } from './manifests/gemini-extension.ts';
import { readMcpbManifest } from './manifests/mcpb.ts';
import { readSmithery } from './manifests/smithery.ts';
import { mergeArguments } from './merge-arguments.ts';
import { mergeCredentials } from './merge-credentials.ts';
import { detectPythonEnv } from './python/env.ts';
import { detectReadmeArguments } from './readme/arguments.ts';
import { detectClientInputs } from './readme/client-inputs.ts';
import { documentsForUsers } from './readme/documents.ts';
import { detectReadmeEnv } from './readme/env.ts';
import { argumentsOfLaunches, flagsWithValue, isStdioLaunch, type OwnLaunch } from './readme/launch-arguments.ts';
import { detectLaunches, launchTarget } from './readme/launches.ts';
import { detectPrefixedFlags } from './readme/prefixed-flags.ts';
import { isSecretName, isTransportVariable } from './variable-kinds.ts';

export type ServerDescription = {
  credentials: CredentialField[];
  arguments: ArgumentField[];
  fixedArguments: string[];
  tools: ToolSummary[];
  /** Names of variables that code builds, such as `ACCOUNT_<n>_TOKEN`. */
  builtNames: string[];
  /** How it is reached if it serves HTTP; null for a server that speaks stdio. */
  http: HttpServing | null;
};

/** Facts from outside of the files: a pasted block, a registry's entry. */
export type MoreFindings = {
  env?: EnvFinding[];
  arguments?: ArgumentFinding[];
  launches?: OwnLaunch[];
  fixed?: string[];
  ownPrefixes?: string[] | null;
  /** Words of the package's name in upper case. */
  nameWords?: string[];
  /** The file that the package's command runs. */
  entry?: string | undefined;
  /** The folder of the package in its repository. */
  folder?: string;
  /** A launch that chooses HTTP. */
  http?: ChosenHttp | null;
};

/** A few lines only start another package: what they do not read may be read there. */
const CODE_CHARACTERS_MIN = 2_000;

/** Variables that a launch sets. Those of a container stand among its arguments. */
const variablesOf = ({ launch, target }: OwnLaunch): string[] =>
  [...new Set([...Object.keys(launch.env), ...(target.kind === 'oci' ? target.env : [])])].filter((name) =>
    ENV_NAME.test(name),
  );

/** Variables that a launch sets for the server. */
function envOfLaunches(launches: readonly OwnLaunch[], read: ReadonlySet<string>): EnvFinding[] {
  return launches.flatMap((found) => {
    const { launch, target, file, line, headings } = found;
    // a name in lower case is one of the server where its code reads it
    const inLowerCase = Object.keys(launch.env).filter((name) => !ENV_NAME.test(name) && read.has(name));
    return [...variablesOf(found), ...inLowerCase]
      .filter((name) => !(target.kind === 'oci' && isTransportVariable(name)))
      .map((name): EnvFinding => {
        const value = launch.env[name];
        return {
          name,
          evidence: evidenceOf('README', file, line, headings.at(-1) ?? null),
          inLaunch: true,
          ...(value ? { example: value } : {}),
        };
      });
  });
}

/** Several spellings of one launch, such as one a client, count once. */
const distinct = (launches: readonly OwnLaunch[]): OwnLaunch[] => {
  const seen = new Map(
    launches.map((found) => [JSON.stringify([found.target, Object.keys(found.launch.env).sort()]), found]),
  );
  return [...seen.values()];
};

/** A launch as a client's settings hold it; a bare command in prose is often another mode of the program. */
const isConfiguration = ({ launch, target }: OwnLaunch): boolean =>
  launch.name !== null || Object.keys(launch.env).length > 0 || (target.kind === 'oci' && target.env.length > 0);

/** Two configurations of one server that differ in the one secret they set: either will do. */
function alternativesOfLaunches(launches: readonly OwnLaunch[]): EnvFinding[] {
  const sets = launches.filter(isConfiguration).map((found) => ({
    found,
    secrets: variablesOf(found).filter(isSecretName),
  }));
  const names = [...new Set(sets.flatMap(({ secrets }) => secrets))].sort();
  if (names.length < 2 || names.length > 3 || !sets.every(({ secrets }) => secrets.length === 1)) return [];
  return sets.flatMap(({ found, secrets: [name] }) =>
    name
      ? [
          {
            name,
            evidence: evidenceOf('README', found.file, found.line, 'each configuration sets one of several'),
            requirement: 'LAZY' as const,
            alternatives: names,
          },
        ]
      : [],
  );
}

/** Every word of the code that could be the name of a variable. */
const namesIn = (files: readonly CodeFile[]): Set<string> =>
  new Set(files.flatMap(({ text }) => text.match(/(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]{1,79}(?![A-Za-z0-9_])/g) ?? []));

/** A server that reads HTTPS_PROXY reads HTTP_PROXY too. */
const proxyTwins = (findings: readonly EnvFinding[]): EnvFinding[] =>
  findings.flatMap((finding) => (finding.name === 'HTTPS_PROXY' ? [{ ...finding, name: 'HTTP_PROXY' }] : []));

/**
 * Describes the needs of one server from its own files. `isOwn` decides whether a launch in a document starts this very
 * server: READMEs show the configuration of other programs too.
 */
export function describeServer(
  all: FileSet,
  isOwn: (target: LaunchTarget) => boolean,
  more: MoreFindings = {},
): ServerDescription {
  const set = documentsForUsers(all);
  const own = detectLaunches(set).flatMap((found): OwnLaunch[] => {
    const target = launchTarget(found);
    return target && isOwn(target) ? [{ ...found, target }] : [];
  });
  const launches = distinct([...own, ...(more.launches ?? [])]);
  const stdio = launches.filter(isStdioLaunch);

  const { code, start } = reachableCode(readCode(set), more.entry, more.folder);
  const inCode = [
    ...detectJavaScriptEnv(code.javascript, start),
    ...detectPythonEnv(code.python),
    ...detectCompiledEnv(code),
  ];
  const mentioned = namesIn(code.all);
  const bundle = set.files
    .filter((file) => /(?:^|\/)manifest\.json$/.test(file.path))
    .flatMap((file) => readMcpbManifest(file.text, file.path) ?? []);
  const smithery = set.files
    .filter((file) => /(?:^|\/)\.?smithery\.ya?ml$/.test(file.path))
    .map((file) => readSmithery(file.text, file.path));
  const launched = envOfLaunches(stdio, new Set(inCode.map(({ name }) => name)));
  const images = detectDockerfiles(set);
  const documented = [
    ...detectReadmeEnv(set),
    ...launched,
    // a block may hold the inputs of other servers too
    ...detectClientInputs(set).filter(({ name }) => launched.some((finding) => finding.name === name)),
    ...bundle.flatMap((one) => one.env),
    ...smithery.flatMap((one) => one.env),
    ...detectGeminiSettings(set),
    ...detectEnvExamples(set),
    ...(more.env ?? []),
  ];
  const inImages = images.flatMap(({ env }) => env);
  const known = new Set(documented.map((finding) => finding.name));
  const hidden = [...detectPrefixedFlags(set, known), ...proxyTwins(documented)];
  const credentials = mergeCredentials(
    [...inCode, ...documented, ...inImages, ...hidden, ...alternativesOfLaunches(stdio)],
    {
      isDocumented: documented.length > 0,
      ownPrefixes: more.ownPrefixes ?? null,
      nameWords: more.nameWords ?? [],
      codeWasRead:
        code.all.length > 0 &&
        !set.truncated &&
        (inCode.length > 0 || code.all.reduce((sum, { text }) => sum + text.length, 0) >= CODE_CHARACTERS_MIN),
      codeMentions: (name) => mentioned.has(name),
      stdioLaunches: stdio.filter(isConfiguration).length,
    },
  );

  const { findings: shown, fixed: ofLaunches } = argumentsOfLaunches(launches);
  const subcommand = launches.length === 0 ? stdioSubcommand(code) : null;
  const fixed = subcommand === null ? ofLaunches : [subcommand];
  // options of other subcommands are those of other programs
  const inSources = detectCodeArguments(code).filter(({ command }) => command === undefined || fixed.includes(command));
  const http = httpServing(code, { options: inSources, variables: inCode }, more.http ?? null);
  const forStdio = http ? [] : (stdioArguments(code, inSources) ?? stdioWordsOf(images) ?? []);
  const fixedArguments = [
    ...(more.fixed ?? []),
    ...fixed,
    ...(forStdio.some((word) => word.startsWith('-') && fixed.includes(word)) ? [] : forStdio),
  ];
  const packaged = launches.filter(
    ({ target }) => target.kind === 'npm' || target.kind === 'pypi' || target.kind === 'git',
  );
  const isDemanded = shown.some((finding) => finding.flag === null && finding.required);
  // a usage line may be that of another mode of the program: launches that go without a place outweigh it
  const declared = inSources.map((finding) =>
    finding.flag === null && packaged.length > 0 && !isDemanded ? { ...finding, required: false } : finding,
  );
  return {
    credentials: http ? credentials.filter(({ name }) => !isFilledIn(name, http)) : credentials,
    http,
    arguments: mergeArguments(
      [
        ...declared,
        ...shown,
        ...detectReadmeArguments(set, flagsWithValue(launches)),
        ...bundle.flatMap((one) => one.arguments),
        ...smithery.flatMap((one) => one.arguments),
        ...(more.arguments ?? []),
      ],
      fixedArguments,
    ),
    fixedArguments: [...new Set(fixedArguments)],
    builtNames: detectBuiltNames(
      code,
      credentials.map(({ name }) => name),
    ),
    tools: bundle.find((one) => one.tools.length > 0)?.tools ?? [],
  };
}
