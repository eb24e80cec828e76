-- AlterTable
ALTER TABLE "AccessToken" ADD COLUMN     "apiTokenId" UUID;

-- AlterTable
ALTER TABLE "DeviceLogin" ADD COLUMN     "network" TEXT;

-- AlterTable
ALTER TABLE "OAuthClient" ADD COLUMN     "network" TEXT;

-- CreateIndex
CREATE INDEX "AccessToken_apiTokenId_idx" ON "AccessToken"("apiTokenId");

-- CreateIndex
CREATE INDEX "DeviceLogin_network_createdAt_idx" ON "DeviceLogin"("network", "createdAt");

-- CreateIndex
CREATE INDEX "OAuthClient_network_lastSeenAt_idx" ON "OAuthClient"("network", "lastSeenAt");

-- AddForeignKey
ALTER TABLE "AccessToken" ADD CONSTRAINT "AccessToken_apiTokenId_fkey" FOREIGN KEY ("apiTokenId") REFERENCES "ApiToken"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "ApiToken" ADD COLUMN     "madeWithId" UUID;

-- CreateIndex
CREATE INDEX "ApiToken_madeWithId_idx" ON "ApiToken"("madeWithId");

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_madeWithId_fkey" FOREIGN KEY ("madeWithId") REFERENCES "ApiToken"("id") ON DELETE CASCADE ON UPDATE CASCADE;

