-- What a server may reach over the network, and what walls around its machine have stopped.
CREATE TYPE "EgressPolicy" AS ENUM ('MACHINE', 'PUBLIC', 'LISTED', 'NONE');

ALTER TABLE "Deployment" ADD COLUMN "egress" "EgressPolicy" NOT NULL DEFAULT 'MACHINE',
ADD COLUMN "egressHosts" TEXT[] DEFAULT ARRAY[]::TEXT[];

ALTER TABLE "Release" ADD COLUMN "egress" "EgressPolicy" NOT NULL DEFAULT 'MACHINE',
ADD COLUMN "egressHosts" TEXT[] DEFAULT ARRAY[]::TEXT[];

CREATE TABLE "ContainedAct" (
    "deploymentId" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "entry" TEXT,
    "count" INTEGER NOT NULL,
    "firstAt" TIMESTAMPTZ(3) NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ContainedAct_pkey" PRIMARY KEY ("deploymentId","rule","subject")
);

CREATE INDEX "ContainedAct_deploymentId_lastAt_idx" ON "ContainedAct"("deploymentId", "lastAt");

ALTER TABLE "ContainedAct" ADD CONSTRAINT "ContainedAct_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
