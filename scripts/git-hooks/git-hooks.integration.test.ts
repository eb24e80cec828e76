import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'catwalk-hooks-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { CI: _ci, ...environment } = process.env;

/** A project with the scripts of the hooks, as a clone or a tarball leaves it. */
function makeProject(name = '.'): string {
  const project = path.join(folder, name);
  mkdirSync(path.join(project, 'scripts'), { recursive: true });
  cpSync(import.meta.dirname, path.join(project, 'scripts/git-hooks'), { recursive: true });
  return project;
}

const install = (project: string, env: NodeJS.ProcessEnv = environment) =>
  spawnSync(process.execPath, ['scripts/git-hooks/install.mjs'], { cwd: project, env, encoding: 'utf8' });
const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, env: environment, encoding: 'utf8' });
const commit = (cwd: string, message: string) => {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return spawnSync('git', [...identity, 'commit', '--allow-empty', '-m', message], {
    cwd,
    env: environment,
    encoding: 'utf8',
  });
};

test('in a checkout, refuses a subject of more than 72 characters and accepts one of 72', () => {
  const project = makeProject();
  git(project, 'init', '-q');
  expect(install(project).status).toBe(0);
  const refused = commit(project, `fix: ${'x'.repeat(68)}`);
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain('The subject has 73 characters');
  expect(
    commit(project, `fix: ${'x'.repeat(67)}\n\nThe body may be as long as it needs to be, and longer than that.`)
      .status,
  ).toBe(0);
});

test('in a worktree, checks the message as well', () => {
  const project = makeProject('main');
  git(project, 'init', '-q');
  git(project, 'add', '.');
  expect(commit(project, 'build: start').status).toBe(0);
  git(project, 'worktree', 'add', '-q', '../other');
  const worktree = path.join(folder, 'other');
  expect(install(worktree).status).toBe(0);
  expect(commit(worktree, 'x'.repeat(73)).status).not.toBe(0);
});

test.each([
  ['outside git', () => {}],
  ['inside the checkout of another project', () => git(folder, 'init', '-q')],
])('%s, installs nothing and succeeds', (_where, prepare) => {
  prepare();
  const project = makeProject('unpacked');
  expect(install(project)).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(path.join(folder, '.git/hooks/commit-msg'))).toBe(false);
});

test('in CI, installs nothing', () => {
  const project = makeProject();
  git(project, 'init', '-q');
  expect(install(project, { ...environment, CI: 'true' }).status).toBe(0);
  expect(existsSync(path.join(project, '.git/hooks/commit-msg'))).toBe(false);
});

test('never replaces an existing hook', () => {
  const project = makeProject();
  git(project, 'init', '-q');
  writeFileSync(path.join(project, '.git/hooks/commit-msg'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  expect(install(project).status).toBe(0);
  expect(commit(project, 'x'.repeat(100)).status).toBe(0);
});

test('npm ci succeeds where the scripts are missing, as in a layer of an image', () => {
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ scripts: { prepare: PREPARE } }));
  expect(spawnSync('npm', ['run', 'prepare'], { cwd: folder, env: environment, encoding: 'utf8' }).status).toBe(0);
});

const PREPARE: string = JSON.parse(
  execFileSync(process.execPath, ['-p', "JSON.stringify(require('./package.json').scripts.prepare)"], {
    encoding: 'utf8',
  }),
);
