import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createAnalysisTools } from '../../server/compose/analysis-tools.ts';
import type { Actor } from '../../server/domain/actor.ts';
import { type NpmStandIn, startNpmStandIn } from '../../server/domain/analysis/registries/stand-ins/npm-registry.ts';
import { startWebStandIn, type WebStandIn } from '../../server/domain/analysis/registries/stand-ins/web.ts';
import { type AnalysisService, createAnalysisService } from '../../server/domain/analysis/service.ts';

export const actor: Actor = { userId: 'u1', role: 'ADMIN', scope: 'WRITE', via: 'session', ip: '127.0.0.1' };
export const other: Actor = { ...actor, userId: 'u2' };
export const SERVER = { bin: 'index.js', dependencies: { '@modelcontextprotocol/sdk': '1' }, keywords: ['mcp'] };
export const CODE = 'const key = process.env.A_API_KEY;\nif (!key) {\n  process.exit(1);\n}\n';

/** The analysis service on a database with two users; each test has registries, a folder and a service of its own. */
export async function openAnalysisRig() {
  const database = await openTestDatabase();
  const { prisma } = database;
  for (const { userId } of [actor, other]) {
    await prisma.user.create({ data: { id: userId, name: userId, email: `${userId}@example.com` } });
  }
  const notified: string[] = [];
  const closers: (() => Promise<void>)[] = [];
  let npm: NpmStandIn;
  let web: WebStandIn;
  let dataDir: string;
  let now: Date;
  let service: AnalysisService;

  const startNpm = async (): Promise<void> => {
    npm = await startNpmStandIn();
    npm.publish({ name: 'a-mcp', version: '1.0.0', ...SERVER }, { 'index.js': CODE });
  };
  /** One more process on the same database. */
  const openService = (): AnalysisService => {
    const { tools, close } = createAnalysisTools({
      npmConfiguration: { cache: join(dataDir, 'npm') },
      npmRegistryUrl: npm.url,
      githubApiUrl: web.url,
      githubToken: null,
      pypiUrl: web.url,
      mcpRegistryUrl: web.url,
      dataDir,
      now: () => now,
    });
    const opened = createAnalysisService({
      database,
      notify: async (_, id) => {
        notified.push(id);
      },
      toolsFor: async () => tools,
      now: () => now,
      admit: async () => {},
      localPathsAllowed: ({ ip }) => ip === '127.0.0.1',
      log: () => {},
      retryDelayMs: () => 0,
    });
    closers.push(async () => {
      await opened.close();
      await close();
    });
    return opened;
  };
  const rowOf = (id: string) => prisma.analysis.findUniqueOrThrow({ where: { id } });
  const ended = (id: string) =>
    vi.waitFor(
      async () => {
        const row = await rowOf(id);
        expect(row.status).not.toBe('RUNNING');
        return row;
      },
      { timeout: 60_000, interval: 10 },
    );

  return {
    database,
    /** The ids of the analyses that changed, in order. */
    notified,
    get npm() {
      return npm;
    },
    get dataDir() {
      return dataDir;
    },
    get service() {
      return service;
    },
    get now() {
      return now;
    },
    pass: (milliseconds: number): void => {
      now = new Date(now.getTime() + milliseconds);
    },
    begin: async (): Promise<void> => {
      dataDir = await mkdtemp(join(tmpdir(), 'catwalk-analysis-'));
      web = await startWebStandIn();
      await startNpm();
      now = new Date('2026-06-01T00:00:00Z');
      notified.length = 0;
      service = openService();
    },
    end: async (): Promise<void> => {
      await Promise.all(closers.splice(0).map((close) => close()));
      await Promise.all([npm.close(), web.close()]);
      await prisma.analysis.deleteMany();
      await rm(dataDir, { recursive: true, force: true });
    },
    /** A registry that answers again, in the place of one that does not. */
    replaceNpm: async (): Promise<void> => {
      await npm.close();
      await startNpm();
    },
    openService,
    rowOf,
    /** Resolves with the row when the analysis is over. */
    ended,
    analyze: async (source: string, as = actor) => ended((await service.start(as, { source, refresh: false })).id),
    close: (): Promise<void> => database.close(),
  };
}

export type AnalysisRig = Awaited<ReturnType<typeof openAnalysisRig>>;
