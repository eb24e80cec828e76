-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "lastWakeMs" INTEGER,
ADD COLUMN     "lastWokenAt" TIMESTAMPTZ(3),
ADD COLUMN     "newestVersion" TEXT,
ADD COLUMN     "newestVersionSeenAt" TIMESTAMPTZ(3),
ADD COLUMN     "versionCheckAt" TIMESTAMPTZ(3);
