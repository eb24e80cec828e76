-- CreateTable
CREATE TABLE "UsageRollup" (
    "deploymentId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "method" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "era" TEXT NOT NULL,
    "caller" TEXT NOT NULL,
    "cold" BOOLEAN NOT NULL,
    "calls" INTEGER NOT NULL,
    "errors" INTEGER NOT NULL,
    "bytesIn" BIGINT NOT NULL,
    "bytesOut" BIGINT NOT NULL,
    "durationMs" DOUBLE PRECISION NOT NULL,
    "buckets" INTEGER[],

    CONSTRAINT "UsageRollup_pkey" PRIMARY KEY ("deploymentId","day","method","tool","status","era","caller","cold")
);

-- AddForeignKey
ALTER TABLE "UsageRollup" ADD CONSTRAINT "UsageRollup_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
