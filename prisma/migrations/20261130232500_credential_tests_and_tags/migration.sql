-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "credentialTest" JSONB,
ADD COLUMN     "newerVersions" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "tags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "AuditEvent" ADD COLUMN     "deploymentName" TEXT;
