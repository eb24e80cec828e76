-- CreateEnum
CREATE TYPE "RegistrySource" AS ENUM ('MCP_REGISTRY', 'DIRECTORY');

-- CreateEnum
CREATE TYPE "RegistryStatus" AS ENUM ('ACTIVE', 'DEPRECATED', 'DELETED');

-- CreateTable
CREATE TABLE "RegistryServer" (
    "name" TEXT NOT NULL,
    "source" "RegistrySource" NOT NULL,
    "title" TEXT NOT NULL,
    "titleKey" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "version" TEXT,
    "status" "RegistryStatus" NOT NULL,
    "statusMessage" TEXT,
    "repository" TEXT,
    "deployable" BOOLEAN NOT NULL,
    "duplicate" BOOLEAN NOT NULL DEFAULT false,
    "entry" JSONB NOT NULL,
    "words" tsvector NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RegistryServer_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "RegistrySync" (
    "source" "RegistrySource" NOT NULL,
    "leaseOwner" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "nextAt" TIMESTAMPTZ(3) NOT NULL,
    "passStartedAt" TIMESTAMPTZ(3),
    "passWatermark" TIMESTAMPTZ(3),
    "passSince" TIMESTAMPTZ(3),
    "cursor" TEXT,
    "read" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "watermark" TIMESTAMPTZ(3),
    "lastSuccessAt" TIMESTAMPTZ(3),
    "lastFullAt" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,

    CONSTRAINT "RegistrySync_pkey" PRIMARY KEY ("source")
);

-- CreateIndex
CREATE INDEX "RegistryServer_words_idx" ON "RegistryServer" USING GIN ("words");

-- CreateIndex
CREATE INDEX "RegistryServer_publishedAt_name_idx" ON "RegistryServer"("publishedAt" DESC, "name");

-- CreateIndex
CREATE INDEX "RegistryServer_titleKey_name_idx" ON "RegistryServer"("titleKey", "name");

-- CreateIndex
CREATE INDEX "RegistryServer_repository_idx" ON "RegistryServer"("repository");

-- CreateIndex
CREATE INDEX "RegistryServer_source_seenAt_idx" ON "RegistryServer"("source", "seenAt");

