-- Calls that failed, and calls that took long, are looked for among many that did not.
ALTER TABLE "Call" ADD COLUMN "failed" BOOLEAN NOT NULL DEFAULT false;

UPDATE "Call" SET "failed" = true WHERE "outcome" NOT IN ('OK', 'INPUT_REQUIRED');

CREATE INDEX "Call_deploymentId_failed_id_idx" ON "Call"("deploymentId", "failed", "id");

CREATE INDEX "Call_deploymentId_durationMs_idx" ON "Call"("deploymentId", "durationMs");
