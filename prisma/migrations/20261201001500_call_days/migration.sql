-- Calls of a day share a partition, so that retention removes a day at once. Partitions are ranges of ids, which grow with
-- time: the primary key stays, and pages of the newest calls read the newest partitions first.
ALTER TABLE "Call" RENAME TO "Call_first";
ALTER TABLE "Call_first" RENAME CONSTRAINT "Call_pkey" TO "Call_first_pkey";
ALTER TABLE "Call_first" RENAME CONSTRAINT "Call_deploymentId_fkey" TO "Call_first_deploymentId_fkey";
ALTER INDEX "Call_deploymentId_id_idx" RENAME TO "Call_first_deploymentId_id_idx";
ALTER INDEX "Call_deploymentId_name_id_idx" RENAME TO "Call_first_deploymentId_name_id_idx";
ALTER INDEX "Call_deploymentId_failed_id_idx" RENAME TO "Call_first_deploymentId_failed_id_idx";
ALTER INDEX "Call_deploymentId_durationMs_idx" RENAME TO "Call_first_deploymentId_durationMs_idx";
ALTER INDEX "Call_at_idx" RENAME TO "Call_first_at_idx";

CREATE TABLE "Call" (LIKE "Call_first" INCLUDING DEFAULTS) PARTITION BY RANGE ("id");
ALTER TABLE "Call" ADD CONSTRAINT "Call_pkey" PRIMARY KEY ("id");
CREATE INDEX "Call_deploymentId_id_idx" ON "Call"("deploymentId", "id");
CREATE INDEX "Call_deploymentId_name_id_idx" ON "Call"("deploymentId", "name", "id");
CREATE INDEX "Call_deploymentId_failed_id_idx" ON "Call"("deploymentId", "failed", "id");
CREATE INDEX "Call_deploymentId_durationMs_idx" ON "Call"("deploymentId", "durationMs");
CREATE INDEX "Call_at_idx" ON "Call"("at");
ALTER TABLE "Call" ADD CONSTRAINT "Call_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER SEQUENCE "Call_id_seq" OWNED BY "Call"."id";

-- The calls until now, and those of an installation whose workers have not begun a day yet. Ids of days lie above.
ALTER TABLE "Call" ATTACH PARTITION "Call_first" FOR VALUES FROM (MINVALUE) TO (200000000000000);
