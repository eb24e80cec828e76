import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { boxedInstallEnvironment } from './installer-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'catwalk-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SETTINGS = [
  'registry=https://npm.example/',
  '@mine:registry=https://me:hunter2@npm.example/mine/',
  '//npm.example/:_authToken=hunter2',
  '_auth = hunter2',
  'username=hunter2',
  'key=hunter2',
].join('\n');

test('gives installers the addresses of registries and none of the secrets', () => {
  writeFileSync(join(folder, '.npmrc'), SETTINGS);
  const env = boxedInstallEnvironment(folder, {
    HOME: folder,
    PATH: '/usr/bin',
    PIP_INDEX_URL: 'https://me:hunter2@pypi.example/simple',
    npm_config__auth: 'hunter2',
    'npm_config_//npm.example/:_authToken': 'hunter2',
    UV_INDEX_MINE_PASSWORD: 'hunter2',
    npm_config_registry: 'https://npm.example/',
    FLY_API_TOKEN: 'hunter2',
  });
  const settings = readFileSync(env['npm_config_userconfig'] ?? '', 'utf8');
  expect(`${JSON.stringify(env)}${settings}`).not.toContain('hunter2');
  expect(settings).toContain('registry=https://npm.example/');
  expect(settings).toContain('@mine:registry=https://npm.example/mine/');
  expect(env).toMatchObject({
    PIP_INDEX_URL: 'https://pypi.example/simple',
    npm_config_registry: 'https://npm.example/',
  });
  expect(env).not.toHaveProperty('HOME');
});

test('keeps the caches of installers in their own folder', () => {
  const env = boxedInstallEnvironment(folder, { HOME: folder, NPM_CONFIG_CACHE: '/cache', uv_cache_dir: '/cache' });
  expect(Object.values(env)).not.toContain('/cache');
  expect(env['npm_config_cache']).toBe(join(folder, 'npm'));
});
