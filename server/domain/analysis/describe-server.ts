import { detectCodeArguments, mentionsStdioFlag } from './detectors/code-arguments.ts';
import { detectEnvExamples } from './detectors/env-example.ts';
import { type ArgumentFinding, ENV_NAME, type EnvFinding, evidenceOf } from './detectors/finding.ts';
import { detectJavaScriptEnv } from './detectors/javascript-env.ts';
import { argumentsOfLaunches, isStdioLaunch, type OwnLaunch } from './detectors/launch-arguments.ts';
import { readMcpbManifest } from './detectors/mcpb.ts';
import { detectPythonEnv } from './detectors/python-env.ts';
import { detectReadmeEnv } from './detectors/readme-env.ts';
import { detectLaunches, launchTarget } from './detectors/readme-launches.ts';
import { readSmithery } from './detectors/smithery.ts';
import { type FileSet, isCode } from './file-set.ts';
import type { LaunchTarget } from './launch.ts';
import { mergeArguments } from './merge-arguments.ts';
import { mergeCredentials } from './merge-credentials.ts';
import type { ArgumentField, CredentialField, ToolSummary } from './model.ts';

export type ServerDescription = {
  credentials: CredentialField[];
  arguments: ArgumentField[];
  fixedArguments: string[];
  tools: ToolSummary[];
};

/** What was found outside of the files: a pasted block, a registry's entry. */
export type MoreFindings = {
  env?: EnvFinding[];
  arguments?: ArgumentFinding[];
  launches?: OwnLaunch[];
  fixed?: string[];
  ownPrefixes?: string[] | null;
};

/** Variables that a launch sets for the server. */
function envOfLaunches(launches: readonly OwnLaunch[], kind: 'README' | 'SNIPPET'): EnvFinding[] {
  return launches.flatMap(({ launch, target, file, line, headings }) => {
    const container = target.kind === 'oci' ? target.env : [];
    return [...new Set([...Object.keys(launch.env), ...container])]
      .filter((name) => ENV_NAME.test(name))
      .map((name): EnvFinding => {
        const value = launch.env[name];
        return {
          name,
          evidence: evidenceOf(kind, file, line, headings.at(-1) ?? null),
          inLaunch: true,
          ...(value && kind === 'README' ? { example: value } : {}),
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

/** A pasted block is kept apart from the documents: its values are the user's own. */
export const findingsOfSnippet = (launches: readonly OwnLaunch[]): EnvFinding[] => envOfLaunches(launches, 'SNIPPET');

/**
 * What one server needs, from its own files. `isOwn` says whether a launch in a document starts this very server:
 * READMEs show other programs' configuration too.
 */
export function describeServer(
  set: FileSet,
  isOwn: (target: LaunchTarget) => boolean,
  more: MoreFindings = {},
): ServerDescription {
  const own = detectLaunches(set).flatMap((found): OwnLaunch[] => {
    const target = launchTarget(found);
    return target && isOwn(target) ? [{ ...found, target }] : [];
  });
  const launches = distinct([...own, ...(more.launches ?? [])]);
  const stdio = launches.filter(isStdioLaunch);

  const code = set.files.filter((file) => isCode(file.path));
  const inCode = [...detectJavaScriptEnv(set), ...detectPythonEnv(set)];
  const bundle = set.files
    .filter((file) => /(?:^|\/)manifest\.json$/.test(file.path))
    .flatMap((file) => readMcpbManifest(file.text, file.path) ?? []);
  const smithery = set.files
    .filter((file) => /(?:^|\/)\.?smithery\.ya?ml$/.test(file.path))
    .flatMap((file) => readSmithery(file.text, file.path));
  const documented = [
    ...detectReadmeEnv(set),
    ...envOfLaunches(stdio, 'README'),
    ...bundle.flatMap((one) => one.env),
    ...smithery,
    ...detectEnvExamples(set),
    ...(more.env ?? []),
  ];
  const credentials = mergeCredentials([...inCode, ...documented], {
    isDocumented: documented.length > 0,
    ownPrefixes: more.ownPrefixes ?? null,
    codeWasRead: code.length > 0 && !set.truncated,
    codeMentions: (name) => code.some((file) => file.text.includes(name)),
    stdioLaunches: stdio.filter((found) => Object.keys(found.launch.env).length > 0 || found.target.kind !== 'local')
      .length,
  });

  const { findings: shown, fixed } = argumentsOfLaunches(launches);
  const flag = mentionsStdioFlag(set);
  const fixedArguments = [...(more.fixed ?? []), ...fixed, ...(flag && !fixed.includes(flag) ? [flag] : [])];
  const packaged = launches.filter(
    ({ target }) => target.kind === 'npm' || target.kind === 'pypi' || target.kind === 'git',
  );
  const isDemanded = shown.some((finding) => finding.flag === null && finding.required);
  // a usage line may be that of another mode of the program: launches that go without a place outweigh it
  const declared = detectCodeArguments(set).map((finding) =>
    finding.flag === null && packaged.length > 0 && !isDemanded ? { ...finding, required: false } : finding,
  );
  return {
    credentials,
    arguments: mergeArguments([...declared, ...shown, ...(more.arguments ?? [])], fixedArguments),
    fixedArguments: [...new Set(fixedArguments)],
    tools: bundle.find((one) => one.tools.length > 0)?.tools ?? [],
  };
}
