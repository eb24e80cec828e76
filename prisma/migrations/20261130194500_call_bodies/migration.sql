-- Arguments and results of calls are recorded where an owner has switched that on; they are sealed.
ALTER TABLE "Deployment" ADD COLUMN "recordsBodies" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "Call" ADD COLUMN "bodiesId" UUID;

CREATE TABLE "CallBodies" (
    "id" UUID NOT NULL,
    "deploymentId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "envelope" TEXT NOT NULL,

    CONSTRAINT "CallBodies_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "CallBodies_deploymentId_at_idx" ON "CallBodies"("deploymentId", "at");

CREATE INDEX "CallBodies_at_idx" ON "CallBodies"("at");

ALTER TABLE "CallBodies" ADD CONSTRAINT "CallBodies_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
