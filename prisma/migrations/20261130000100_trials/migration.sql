-- CreateEnum
CREATE TYPE "TrialStatus" AS ENUM ('RUNNING', 'DONE', 'FAILED');

-- CreateTable
CREATE TABLE "Trial" (
    "id" UUID NOT NULL,
    "ownerId" TEXT NOT NULL,
    "analysisId" UUID NOT NULL,
    "candidateKey" TEXT,
    "status" "TrialStatus" NOT NULL DEFAULT 'RUNNING',
    "steps" JSONB NOT NULL DEFAULT '[]',
    "result" JSONB,
    "failure" JSONB,
    "app" TEXT,
    "machineId" TEXT,
    "machineGoneAt" TIMESTAMPTZ(3),
    "leaseUntil" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Trial_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Trial_analysisId_createdAt_idx" ON "Trial"("analysisId", "createdAt");

-- CreateIndex
CREATE INDEX "Trial_ownerId_status_idx" ON "Trial"("ownerId", "status");

-- CreateIndex
CREATE INDEX "Trial_machineGoneAt_leaseUntil_idx" ON "Trial"("machineGoneAt", "leaseUntil");

-- AddForeignKey
ALTER TABLE "Trial" ADD CONSTRAINT "Trial_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Trial" ADD CONSTRAINT "Trial_analysisId_fkey" FOREIGN KEY ("analysisId") REFERENCES "Analysis"("id") ON DELETE CASCADE ON UPDATE CASCADE;
