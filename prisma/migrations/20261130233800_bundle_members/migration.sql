-- AlterEnum
ALTER TYPE "Runtime" ADD VALUE 'BUNDLE';

-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN "slug" TEXT;

-- CreateTable
CREATE TABLE "BundleMember" (
    "bundleId" UUID NOT NULL,
    "prefix" TEXT NOT NULL,
    "deploymentId" UUID NOT NULL,
    "viewId" UUID,
    "position" INTEGER NOT NULL,

    CONSTRAINT "BundleMember_pkey" PRIMARY KEY ("bundleId","prefix")
);

-- CreateIndex
CREATE INDEX "BundleMember_deploymentId_idx" ON "BundleMember"("deploymentId");

-- CreateIndex
CREATE INDEX "BundleMember_viewId_idx" ON "BundleMember"("viewId");

-- CreateIndex
CREATE UNIQUE INDEX "Deployment_slug_key" ON "Deployment"("slug");

-- AddForeignKey
ALTER TABLE "BundleMember" ADD CONSTRAINT "BundleMember_bundleId_fkey" FOREIGN KEY ("bundleId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BundleMember" ADD CONSTRAINT "BundleMember_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BundleMember" ADD CONSTRAINT "BundleMember_viewId_fkey" FOREIGN KEY ("viewId") REFERENCES "View"("id") ON DELETE CASCADE ON UPDATE CASCADE;
