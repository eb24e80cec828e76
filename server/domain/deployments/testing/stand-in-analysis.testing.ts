import type { Prisma, PrismaClient } from '#prisma/generated/client/client.ts';

const CANDIDATE = {
  key: 'c1',
  displayName: 'stand-in',
  description: null,
  runtime: 'npm',
  deployable: true,
  notDeployableReason: null,
  package: 'stand-in',
  version: '1.0.0',
  integrity: null,
  subfolder: null,
  runCommand: 'npx -y stand-in',
  arguments: [],
  credentials: [],
  verified: true,
  verdict: 'MCP_SERVER',
  tools: [],
  notes: null,
  spec: { runtime: 'npm', name: 'stand-in', version: '1.0.0' },
  fixedArguments: [],
};

/** A finished analysis whose one server is the stand-in host. Returns its id. */
export async function createStandInAnalysis(prisma: PrismaClient, ownerId: string): Promise<string> {
  const { id } = await prisma.analysis.create({
    data: {
      ownerId,
      source: 'stand-in',
      normalizedSource: 'stand-in',
      status: 'DONE',
      result: { candidates: [CANDIDATE], warnings: [] } as Prisma.InputJsonObject, // plain data
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  });
  return id;
}
