-- CreateEnum
CREATE TYPE "DefinitionPolicy" AS ENUM ('NOTIFY', 'HOLD', 'ALLOW');

-- CreateTable
CREATE TABLE "DefinitionLock" (
    "deploymentId" UUID NOT NULL,
    "policy" "DefinitionPolicy" NOT NULL DEFAULT 'NOTIFY',
    "agreed" JSONB,
    "agreedAt" TIMESTAMPTZ(3),
    "observed" JSONB,
    "observedAt" TIMESTAMPTZ(3),
    "observedKey" TEXT,
    "changes" INTEGER NOT NULL DEFAULT 0,
    "held" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 0,
    "lookedAt" TIMESTAMPTZ(3),
    "listsMark" TEXT,

    CONSTRAINT "DefinitionLock_pkey" PRIMARY KEY ("deploymentId")
);

-- AddForeignKey
ALTER TABLE "DefinitionLock" ADD CONSTRAINT "DefinitionLock_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

