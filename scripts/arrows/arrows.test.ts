import { expect, test } from 'vitest';
import { checkArrows } from './check-arrows.ts';
import { findCycles } from './find-cycles.ts';
import { createImportGraph, type Edge } from './import-graph.ts';
import { ROOMS } from './rules.ts';

const ALIASES = { '#server/*': './server/*', '#deploy/*': './deploy/*', '#prisma/*': './prisma/*' };

/** The graph of one file with one import, and the files that exist around it. */
function graphOf(file: string, statement: string): Edge[] {
  return createImportGraph([file], () => statement, ALIASES);
}

const check = (file: string, statement: string) => {
  const edges = graphOf(file, statement);
  return checkArrows(
    edges,
    ROOMS,
    new Set(edges.flatMap(({ from, to }) => [from, ...(to.endsWith('.ts') ? [to] : [])])),
  );
};

test.each([
  ['by a relative path', 'deploy/host/a.ts', "import { a } from '../../prisma/client.ts';"],
  ['by an alias', 'deploy/host/a.ts', "import { a } from '#prisma/client.ts';"],
  ['of a type', 'server/domain/a.ts', "import type { A } from '../http/auth.ts';"],
  ['by an export', 'server/domain/a.ts', "export { a } from '../http/auth.ts';"],
  ['by an export of everything', 'server/domain/a.ts', "export * from '../http/auth.ts';"],
  ['by a dynamic import', 'server/domain/a.ts', "export const a = () => import('../http/auth.ts');"],
  ['by an import type', 'server/domain/a.ts', "export type A = typeof import('../http/auth.ts').a;"],
  ['for its side effects', 'server/domain/a.ts', "import '../http/auth.ts';"],
])('refuses a forbidden import %s', (_kind, file, statement) => {
  expect(check(file, statement)).toMatchObject([{ from: file, line: 1 }]);
});

test.each([
  ['a package from the host', 'deploy/host/a.ts', "import { z } from 'zod';"],
  ['the product from deploy', 'deploy/fly/a.ts', "import { a } from '../../server/domain/errors.ts';"],
  ['the server from prisma', 'prisma/a.ts', "import { a } from '../server/env.ts';"],
  ['the shell from schema', 'schema/deployment/a.ts', "import { a } from '../../server/http/auth.ts';"],
  ['Express from schema', 'schema/a.ts', "import express from 'express';"],
  ['GraphQL from the domain', 'server/domain/oauth/a.ts', "import { graphql } from 'graphql';"],
  ['the host, except its contract, from the domain', 'server/domain/a.ts', "import { a } from '#deploy/host/host.ts';"],
  ['the wiring from HTTP', 'server/http/a.ts', "import type { App } from '../compose/app.ts';"],
  ['the endpoint from HTTP', 'server/http/a.ts', "import { a } from '../mcp/endpoint.ts';"],
  ['HTTP from the endpoint', 'server/mcp/a.ts', "import { a } from '../http/auth.ts';"],
  ['Express from the endpoint', 'server/mcp/a.ts', "import express from 'express';"],
  ['HTTP from workers', 'server/workers/a.ts', "import { a } from '../http/auth.ts';"],
  ['workers from metrics', 'server/metrics/a.ts', "import { a } from '../workers/leak-sweep.ts';"],
  ['the database from health', 'server/health/a.ts', "import { a } from '../../prisma/client.ts';"],
  ['HTTP from machines', 'server/machines/a.ts', "import { a } from '../http/auth.ts';"],
  ['the domain from the CLI', 'server/cli/commands/a.ts', "import { a } from '../../domain/errors.ts';"],
  ['the wiring from the Fly doctor', 'server/fly-doctor/a.ts', "import { a } from '../compose/machines.ts';"],
  ['the domain from the process', 'server/process/a.ts', "import { a } from '../domain/errors.ts';"],
  [
    'a registry from a detector',
    'server/domain/analysis/detect/python/a.ts',
    "import { a } from '../../registries/npm.ts';",
  ],
  [
    'an intent from the reconciler',
    'server/domain/deployments/reconcile/a.ts',
    "import { a } from '../intents/deploy.ts';",
  ],
  [
    'the reconciler from an intent',
    'server/domain/deployments/intents/a.ts',
    "import { a } from '../reconcile/act.ts';",
  ],
  ['deployments from an analysis', 'server/domain/analysis/a.ts', "import { a } from '../deployments/status.ts';"],
  ['the server from the dashboard', 'client/src/features/a.tsx', "import { a } from '../../../server/mcp/route.ts';"],
  ['Node from the dashboard', 'client/src/features/a.tsx', "import { readFile } from 'node:fs';"],
  ['Apollo from ui/', 'client/src/ui/inputs/A.tsx', "import { useQuery } from '@apollo/client/react';"],
  ['a feature from ui/', 'client/src/ui/inputs/A.tsx', "import { a } from '../../features/tokens/token.ts';"],
  ['a page from a feature', 'client/src/features/a/A.tsx', "import { A } from '../../routes/NewPage.tsx';"],
  ['a test from a source file', 'server/http/a.ts', "import { a } from '../mcp/endpoint.testing.ts';"],
])('refuses an import of %s', (_kind, file, statement) => {
  expect(check(file, statement)).toHaveLength(1);
});

test.each([
  ['server/compose/a.ts', "import { a } from '../http/auth.ts';"],
  ['server/domain/deployments/intents/a.ts', "import { a } from '../rows/lease.ts';"],
  ['server/domain/analysis/detect/a.ts', "import { a } from '../../errors.ts';"],
  ['server/domain/analysis/detect/a.ts', "import { a } from '#prisma/client.ts';"],
  ['client/src/features/deploy/a.ts', "import { a } from '../../../../server/domain/credentials/form.ts';"],
  ['deploy/host/a.ts', "import { readFile } from 'node:fs/promises';"],
  ['server/http/a.integration.test.ts', "import { a } from '../compose/app.testing.ts';"],
])('allows %s to state %s', (file, statement) => {
  expect(check(file, statement)).toEqual([]);
});

test('reports a circle of imports once, those of types included', () => {
  const sources: Record<string, string> = {
    'a.ts': "import { b } from './b.ts';\nimport { d } from './d.ts';",
    'b.ts': "import type { C } from './c.ts';",
    'c.ts': "export type C = import('./a.ts').A;",
    'd.ts': "import { e } from './e.ts';",
    'e.ts': '',
  };
  const edges = createImportGraph(Object.keys(sources), (file) => sources[file] ?? '', ALIASES);
  expect(findCycles(edges)).toEqual([['a.ts', 'b.ts', 'c.ts']]);
});

test('every arrow between rooms beside each other leads one way', () => {
  const rooms = new Set(ROOMS.map(({ room }) => room));
  const arrows = ROOMS.flatMap(({ room, imports }) =>
    imports === 'anything' ? [] : imports.filter((to) => rooms.has(to)).map((to) => ({ from: room, to })),
  );
  expect(findCycles(arrows)).toEqual([]);
});
