-- The call log: what clients called, without arguments and results.
-- CreateEnum
CREATE TYPE "CallOutcome" AS ENUM ('OK', 'TOOL_ERROR', 'PROTOCOL_ERROR', 'CANCELLED', 'TIMED_OUT', 'INPUT_REQUIRED', 'REFUSED');

-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "callsLost" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "callsLostAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Machine" ADD COLUMN     "callCursor" TEXT;

-- CreateTable
CREATE TABLE "Call" (
    "id" BIGSERIAL NOT NULL,
    "deploymentId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "method" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "outcome" "CallOutcome" NOT NULL,
    "errorCode" TEXT,
    "status" INTEGER,
    "durationMs" DOUBLE PRECISION NOT NULL,
    "waitedMs" DOUBLE PRECISION NOT NULL,
    "bytesIn" INTEGER NOT NULL,
    "bytesOut" INTEGER NOT NULL,
    "clientName" TEXT,
    "clientVersion" TEXT,
    "callerKind" TEXT,
    "callerId" UUID,
    "callerName" TEXT,
    "subject" TEXT,
    "releaseNumber" INTEGER,
    "sessionId" TEXT,
    "requestId" TEXT,
    "era" TEXT NOT NULL,

    CONSTRAINT "Call_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Call_deploymentId_id_idx" ON "Call"("deploymentId", "id");

-- CreateIndex
CREATE INDEX "Call_deploymentId_name_id_idx" ON "Call"("deploymentId", "name", "id");

-- CreateIndex
CREATE INDEX "Call_at_idx" ON "Call"("at");

-- AddForeignKey
ALTER TABLE "Call" ADD CONSTRAINT "Call_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
