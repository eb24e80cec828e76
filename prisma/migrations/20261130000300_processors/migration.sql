-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "processor" TEXT NOT NULL DEFAULT 'shared-cpu-1x';

-- AlterTable
ALTER TABLE "Release" ADD COLUMN     "processor" TEXT NOT NULL DEFAULT 'shared-cpu-1x';
