import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { lintDockerfile, type Rule } from './lint.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const rulesOf = (text: string): Rule[] => lintDockerfile(text).map(({ rule }) => rule);
const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');

test('finds no problem in the image of the backend', async () => {
  expect(lintDockerfile(await read('Dockerfile'))).toEqual([]);
});

test('finds two intended exceptions in the image of machines, and no other problem', async () => {
  // Its host starts children as another user, which takes root; Catwalk itself asks hosts whether they work.
  expect(rulesOf(await read('deploy/image/Dockerfile')).toSorted()).toEqual(['healthcheck', 'no-root']);
});

const GOOD = `FROM node:24-slim AS build
RUN npm ci
FROM node:24-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir uv==0.9.2
ENV NODE_ENV=production
COPY --from=build --chown=root:root /app /app
USER node
HEALTHCHECK CMD ["node", "check.js"]
CMD ["node", "main.js"]
`;

describe('each rule', () => {
  test('lets a good file pass', () => {
    expect(lintDockerfile(GOOD)).toEqual([]);
  });

  test.each<[Rule, string, string]>([
    ['syntax', 'USER node', 'USER node\nENTRYPINT ["x"]'],
    ['pinned-base', 'FROM node:24-slim AS', 'FROM node AS'],
    ['pinned-base', 'FROM node:24-slim AS', 'FROM node:latest AS'],
    ['no-root', 'USER node\n', ''],
    ['no-root', 'USER node', 'USER root'],
    ['no-root', 'USER node', 'USER 0:0'],
    ['no-secrets', 'ENV NODE_ENV=production', 'ENV FLY_API_TOKEN=x'],
    ['no-secrets', 'ENV NODE_ENV=production', 'ARG ENCRYPTION_KEY'],
    ['exec-form', 'CMD ["node", "main.js"]', 'CMD node main.js'],
    ['exec-form', 'HEALTHCHECK CMD ["node", "check.js"]', 'HEALTHCHECK --interval=5s CMD node check.js'],
    ['lean-packages', ' && rm -rf /var/lib/apt/lists/*', ''],
    ['lean-packages', ' --no-install-recommends', ''],
    ['lean-packages', 'apt-get update && ', ''],
    ['pinned-packages', 'uv==0.9.2', 'uv'],
    ['pinned-packages', 'RUN npm ci', 'RUN npm install'],
    ['owned-copies', ' --chown=root:root', ''],
    ['healthcheck', 'HEALTHCHECK CMD ["node", "check.js"]\n', ''],
  ])('%s: “%s” must not be “%s”', (rule, good, bad) => {
    expect(GOOD).toContain(good);
    expect(rulesOf(GOOD.replace(good, bad))).toEqual([rule]);
  });
});
