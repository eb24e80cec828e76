-- CreateTable
CREATE TABLE "DeployRequest" (
    "ownerId" TEXT NOT NULL,
    "keyHash" TEXT NOT NULL,
    "inputHash" TEXT NOT NULL,
    "deploymentId" UUID NOT NULL,
    "accessToken" TEXT,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DeployRequest_pkey" PRIMARY KEY ("ownerId","keyHash")
);

-- CreateIndex
CREATE INDEX "DeployRequest_expiresAt_idx" ON "DeployRequest"("expiresAt");
