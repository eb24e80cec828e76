-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "wakeAskedAt" TIMESTAMPTZ(3);
