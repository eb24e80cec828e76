-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "openToMembers" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "personalFields" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Release" ADD COLUMN     "personalFields" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "PersonalValues" (
    "id" UUID NOT NULL,
    "deploymentId" UUID NOT NULL,
    "userId" TEXT,
    "accessTokenId" UUID,
    "envelope" TEXT NOT NULL,
    "names" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PersonalValues_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "PersonalValues_accessTokenId_key" ON "PersonalValues"("accessTokenId");

-- CreateIndex
CREATE INDEX "PersonalValues_userId_idx" ON "PersonalValues"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "PersonalValues_deploymentId_userId_key" ON "PersonalValues"("deploymentId", "userId");

-- AddForeignKey
ALTER TABLE "PersonalValues" ADD CONSTRAINT "PersonalValues_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PersonalValues" ADD CONSTRAINT "PersonalValues_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PersonalValues" ADD CONSTRAINT "PersonalValues_accessTokenId_fkey" FOREIGN KEY ("accessTokenId") REFERENCES "AccessToken"("id") ON DELETE CASCADE ON UPDATE CASCADE;

