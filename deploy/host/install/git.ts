import { chown, mkdir, rm } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { type FailureDetails, failWith, HostFailureError, hostFailure } from '../failure.ts';
import type { PackageSpec } from '../package-spec.ts';
import type { Installation } from './cache.ts';
import { buildCargo } from './cargo.ts';
import type { InstallContext } from './context.ts';
import { buildGo } from './go.ts';
import { readPackageJson, resolveNodeBin } from './node-bin.ts';
import { installNpm, runNpm } from './npm.ts';
import { installPython, pythonOptions } from './python.ts';
import { runTool, type ToolResult } from './run-tool.ts';

type GitSpec = Extract<PackageSpec, { runtime: 'git' }>;

const CLONE_TIME_LIMIT_MS = 5 * 60_000;
const COMMIT = /^[0-9a-f]{40}$/;
const BUILD_SCRIPTS = ['prepare', 'prepack', 'build'];

const gitFailure = (spec: GitSpec, result: ToolResult) => {
  const text = result.lines.join('\n');
  const details: FailureDetails = { stderrTail: result.lines.slice(-20), exitCode: result.code };
  if (/not our ref|unadvertised object|not a tree|couldn't find remote ref|did not match any/i.test(text))
    return hostFailure('VERSION_NOT_FOUND', `The repository ${spec.url} has no commit ${spec.commit}.`, details);
  if (/not found|could not read Username|does not appear to be a git repository|does not exist/i.test(text))
    return hostFailure('PACKAGE_NOT_FOUND', `The repository ${spec.url} was not found.`, {
      ...details,
      hint: 'Check the address; a private repository cannot be reached.',
    });
  return hostFailure('INSTALL_FAILED', `The repository ${spec.url} could not be fetched.`, {
    ...details,
    retryable: true,
  });
};

/** Fetches exactly the pinned commit; its id is the check of what was fetched. */
const checkOut = async (spec: GitSpec, folder: string, context: InstallContext): Promise<void> => {
  if (!COMMIT.test(spec.commit)) failWith('VERSION_NOT_FOUND', 'A git source must be pinned to a full commit id.');
  await mkdir(folder, { recursive: true });
  if (context.user) await chown(folder, context.user.uid, context.user.gid);
  const git = (args: string[]) =>
    runTool({
      command: 'git',
      args: ['-c', 'protocol.ext.allow=never', '-c', 'advice.detachedHead=false', ...args],
      cwd: folder,
      env: { ...context.env, GIT_TERMINAL_PROMPT: '0' },
      user: context.user,
      confine: context.confine,
      signal: context.signal,
      timeoutMs: CLONE_TIME_LIMIT_MS * context.timeFactor,
      onLine: context.log,
    });
  const must = async (args: string[]) => {
    const result = await git(args);
    if (result.code !== 0) throw new HostFailureError(gitFailure(spec, result));
  };
  context.log(`$ git fetch ${spec.url} ${spec.commit}`);
  await must(['init', '--quiet']);
  await must(['remote', 'add', '--', 'origin', spec.url]);
  const shallow = await git(['fetch', '--quiet', '--depth', '1', 'origin', spec.commit]);
  // Not every server gives out a commit by its id.
  if (shallow.code !== 0) await must(['fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*']);
  await must(['checkout', '--quiet', spec.commit]);
};

const subfolderOf = (spec: GitSpec): string => {
  const path = normalize(spec.subfolder ?? '.');
  return isAbsolute(path) || path.startsWith('..')
    ? failWith('PACKAGE_NOT_FOUND', `The folder ${spec.subfolder} is outside the repository.`)
    : path;
};

/** Builds the checked-out package where it asks for that, and packs it as its author would for the registry. */
const packNpm = async (source: string, label: string, context: InstallContext): Promise<string> => {
  const manifest = await readPackageJson(source);
  const scripts = Object.keys(manifest.scripts ?? {});
  if (scripts.some((script) => BUILD_SCRIPTS.includes(script))) {
    await runNpm(['install', '--include=dev'], source, label, context);
    const built = await resolveNodeBin(source, { mainWillDo: true }).then(
      () => true,
      () => false, // not built yet: that is the question
    );
    if (!built) await runNpm(['run', '--if-present', 'build'], source, label, context);
  }
  const { lines } = await runNpm(['pack', '--pack-destination', source, '--silent'], source, label, context);
  const file = lines.findLast((line) => line.trim().endsWith('.tgz'));
  return file === undefined ? failWith('INSTALL_FAILED', `npm could not pack ${label}.`) : join(source, file.trim());
};

export const installGit = async (spec: GitSpec, folder: string, context: InstallContext): Promise<Installation> => {
  const label = `${spec.url} at ${spec.commit.slice(0, 12)}`;
  const clone = join(folder, 'source');
  await checkOut(spec, clone, context);
  const source = join(clone, subfolderOf(spec));
  const bin = spec.bin === undefined ? {} : { bin: spec.bin };
  const install = async (): Promise<Installation> => {
    switch (spec.installer) {
      case 'npm': {
        const packed = await packNpm(source, label, context);
        return installNpm({ spec: packed, label, mainWillDo: true, ...bin }, folder, context);
      }
      case 'pypi':
        return installPython(
          { requirement: source, hashes: [], name: '', label, ...bin, ...pythonOptions(spec) },
          folder,
          context,
        );
      case 'go':
        return buildGo({ source, label, version: spec.commit.slice(0, 12), ...bin }, folder, context);
      case 'cargo':
        return buildCargo({ source, root: clone, label, ...bin }, folder, context);
    }
  };
  const installation = await install();
  await rm(clone, { recursive: true, force: true });
  return installation;
};
