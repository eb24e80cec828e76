ALTER TABLE "Deployment" ADD COLUMN "answersWhileAsleep" BOOLEAN NOT NULL DEFAULT true;

ALTER TABLE "Machine" ADD COLUMN "formerMachineIds" TEXT[] DEFAULT ARRAY[]::TEXT[];

ALTER TABLE "Release" ADD COLUMN "offer" JSONB,
ADD COLUMN "offerDigests" JSONB,
ADD COLUMN "offerVaries" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "KeptSession" (
    "id" UUID NOT NULL,
    "deploymentId" UUID NOT NULL,
    "machineId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "session" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "KeptSession_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "KeptSession_deploymentId_sessionId_key" ON "KeptSession"("deploymentId", "sessionId");

ALTER TABLE "KeptSession" ADD CONSTRAINT "KeptSession_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
