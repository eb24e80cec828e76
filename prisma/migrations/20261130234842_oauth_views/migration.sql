-- AlterTable
ALTER TABLE "OAuthClient" ADD COLUMN     "viewId" UUID;

-- AlterTable
ALTER TABLE "OAuthGrant" ADD COLUMN     "viewId" UUID;

-- AlterTable
ALTER TABLE "OAuthCode" ADD COLUMN     "viewId" UUID;

-- CreateIndex
CREATE INDEX "OAuthClient_viewId_idx" ON "OAuthClient"("viewId");

-- CreateIndex
CREATE INDEX "OAuthGrant_viewId_idx" ON "OAuthGrant"("viewId");

-- CreateIndex
CREATE INDEX "OAuthCode_viewId_idx" ON "OAuthCode"("viewId");

-- AddForeignKey
ALTER TABLE "OAuthClient" ADD CONSTRAINT "OAuthClient_viewId_fkey" FOREIGN KEY ("viewId") REFERENCES "View"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OAuthGrant" ADD CONSTRAINT "OAuthGrant_viewId_fkey" FOREIGN KEY ("viewId") REFERENCES "View"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OAuthCode" ADD CONSTRAINT "OAuthCode_viewId_fkey" FOREIGN KEY ("viewId") REFERENCES "View"("id") ON DELETE CASCADE ON UPDATE CASCADE;
