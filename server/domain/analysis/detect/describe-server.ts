import type { HttpServing } from '#deploy/host/package-spec.ts';
import { type FileSet, withoutOtherBundles } from '../files/file-set.ts';
import type { ArgumentField, CredentialField, ToolSummary } from '../result.ts';
import type { LaunchTarget } from '../source/launch.ts';
import { detectBuiltNames } from './built-names.ts';
import { readCode } from './code/code-file.ts';
import { leftoversOf } from './code/leftovers.ts';
import { mentionedNames } from './code/mentioned-names.ts';
import { reachableCode } from './code/reachable-code.ts';
import { demandedWords, detectCodeArguments, stdioArguments, stdioSubcommand } from './code-arguments.ts';
import { detectCompiledEnv } from './compiled/env.ts';
import type { ArgumentFinding, EnvFinding } from './finding.ts';
import { type ChosenHttp, httpServing, isFilledIn } from './http-serving.ts';
import { detectJavaScriptEnv } from './javascript/env.ts';
import {
  alternativesOfLaunches,
  companionsInLaunches,
  envOfLaunches,
  isConfiguration,
  variablesOfLaunchedFlags,
  waysOfLaunches,
} from './launched-variables.ts';
import { detectDockerfiles, stdioWordsOf } from './manifests/dockerfile.ts';
import { detectEnvExamples } from './manifests/env-example.ts';
import { detectFastmcpSettings } from './manifests/fastmcp-json.ts';
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
import { examplesOfPatterns } from './readme/patterns.ts';
import { detectPrefixedFlags } from './readme/prefixed-flags.ts';
import { valuesOfVariables } from './values.ts';

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

/** Deduplicates launches that differ only in spelling, such as one for each client; the first in the documents stays. */
const distinct = (launches: readonly OwnLaunch[]): OwnLaunch[] => {
  const seen = new Map<string, OwnLaunch>();
  for (const found of launches) {
    const key = JSON.stringify([found.target, Object.keys(found.launch.env).sort()]);
    if (!seen.has(key)) seen.set(key, found);
  }
  return [...seen.values()];
};

/**
 * Code that ends without words demands the place that documents or its usage line know. Where neither knows one, a flag
 * may be what the words are for.
 */
function withDemandedPlace(
  shown: readonly ArgumentFinding[],
  declared: readonly ArgumentFinding[],
  demanded: ReturnType<typeof demandedWords>,
  fixed: readonly string[],
): ArgumentFinding[] {
  if (demanded === null || demanded.count <= fixed.length) return [...shown];
  const place = [...shown, ...declared].find(({ flag }) => flag === null);
  const isFlag = [...shown, ...declared].some(({ flag }) => flag !== null);
  if (!place && isFlag) return [...shown];
  const name = place?.name ?? 'argument';
  return [...shown, { flag: null, name, required: true, evidence: demanded.evidence }];
}

/** A small program that picks another one by system and processor, and hands everything on to it. */
const WRAPPER_CHARACTERS_MAX = 30_000;
const startsBinary = ({ all }: ReturnType<typeof readCode>): boolean =>
  all.reduce((sum, { text }) => sum + text.length, 0) <= WRAPPER_CHARACTERS_MAX &&
  [/\bplatform\b/, /\barch\b/, /\b(?:spawn|exec|require|import)\w{0,20}\(/].every((sign) =>
    all.some(({ text }) => sign.test(text)),
  );

/** A variable that sets the same as a flag of the HTTP mode is of that mode as well. */
const variablesOfHttpFlags = (declared: readonly ArgumentFinding[]): EnvFinding[] =>
  declared.flatMap(({ scope, variable, evidence }) =>
    scope === 'http' && variable !== undefined ? [{ name: variable, evidence, scope, isOfOtherMode: true }] : [],
  );

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
  const set = withoutOtherBundles(documentsForUsers(all), more.entry);
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
  const readNames = new Set(inCode.map(({ name }) => name));
  const { findings: shown, fixed: ofLaunches } = argumentsOfLaunches(launches);
  const subcommand = launches.length === 0 ? stdioSubcommand(code) : null;
  const fixed = subcommand === null ? ofLaunches : [subcommand];
  // options of other subcommands are those of other programs
  const inSources = detectCodeArguments(code).filter(({ command }) => command === undefined || fixed.includes(command));
  const mentioned = mentionedNames(code.all);
  const bundle = set.files
    .filter((file) => /(?:^|\/)manifest\.json$/.test(file.path))
    .flatMap((file) => readMcpbManifest(file.text, file.path) ?? []);
  const smithery = set.files
    .filter((file) => /(?:^|\/)\.?smithery\.ya?ml$/.test(file.path))
    .map((file) => readSmithery(file.text, file.path));
  const launched = [...envOfLaunches(stdio, readNames), ...variablesOfLaunchedFlags(stdio, inSources, readNames)];
  const images = detectDockerfiles(set);
  const isExample = examplesOfPatterns(set);
  const documented = [
    ...detectReadmeEnv(set),
    ...launched,
    // a block may hold the inputs of other servers too
    ...detectClientInputs(set).filter(({ name }) => launched.some((finding) => finding.name === name)),
    ...bundle.flatMap((one) => one.env),
    ...smithery.flatMap((one) => one.env),
    ...detectGeminiSettings(set),
    ...detectFastmcpSettings(set),
    ...detectEnvExamples(set),
  ]
    .filter(({ name }) => readNames.has(name) || !isExample(name))
    .concat(more.env ?? []);
  const inImages = images.flatMap(({ env }) => env);
  const known = new Set(documented.map((finding) => finding.name));
  const hidden = [...detectPrefixedFlags(set, known), ...proxyTwins(documented)];
  const credentials = mergeCredentials(
    [
      ...inCode,
      ...variablesOfHttpFlags(inSources),
      ...documented,
      ...inImages,
      ...hidden,
      ...alternativesOfLaunches(stdio),
      ...waysOfLaunches(stdio),
      ...companionsInLaunches(stdio),
    ],
    {
      isDocumented: documented.length > 0,
      ownPrefixes: more.ownPrefixes ?? null,
      nameWords: more.nameWords ?? [],
      codeWasRead:
        code.all.length > 0 &&
        !set.truncated &&
        !startsBinary(code) &&
        (inCode.length > 0 || code.all.reduce((sum, { text }) => sum + text.length, 0) >= CODE_CHARACTERS_MIN),
      codeMentions: (name) => mentioned.has(name),
      isLeftover: leftoversOf(code, readNames),
      readsDocumented: documented.some(({ name }) => readNames.has(name)),
      stdioLaunches: stdio.filter(isConfiguration).length,
      launchesSetVariables: launched.length > 0,
      isValue: valuesOfVariables([...inCode, ...documented], code.all),
    },
  );

  const http = httpServing(code, { options: inSources, variables: inCode }, more.http ?? null);
  const forStdio = http
    ? []
    : (stdioArguments(code, inSources, new Set(shown.flatMap(({ flag }) => flag ?? []))) ?? stdioWordsOf(images) ?? []);
  const fixedArguments = [
    ...(more.fixed ?? []),
    ...fixed,
    ...(forStdio.some((word) => word.startsWith('-') && fixed.includes(word)) ? [] : forStdio),
  ];
  const packaged = launches.filter(
    ({ target }) => target.kind === 'npm' || target.kind === 'pypi' || target.kind === 'git',
  );
  const isGiven = shown.some((finding) => finding.flag === null && finding.usual);
  // a usage line may be that of another mode of the program: launches that go without a place outweigh it
  const declared = inSources.map((finding) =>
    finding.flag === null && packaged.length > 0 && !isGiven ? { ...finding, required: false } : finding,
  );
  return {
    credentials: http ? credentials.filter(({ name }) => !isFilledIn(name, http)) : credentials,
    http,
    arguments: mergeArguments(
      [
        ...declared,
        ...withDemandedPlace(shown, declared, demandedWords(code, start), fixedArguments),
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
