-- CreateEnum
CREATE TYPE "ShareRole" AS ENUM ('USE', 'OPERATE', 'OWN');

-- AlterTable
ALTER TABLE "AccessToken" ADD COLUMN     "makerId" TEXT;

-- AlterTable
ALTER TABLE "OAuthClient" ADD COLUMN     "makerId" TEXT;

-- CreateTable
CREATE TABLE "Share" (
    "id" UUID NOT NULL,
    "deploymentId" UUID NOT NULL,
    "userId" TEXT,
    "teamId" UUID,
    "role" "ShareRole" NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Share_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Team" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TeamMember" (
    "teamId" UUID NOT NULL,
    "userId" TEXT NOT NULL,
    "manages" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TeamMember_pkey" PRIMARY KEY ("teamId","userId")
);

-- CreateIndex
CREATE INDEX "Share_userId_idx" ON "Share"("userId");

-- CreateIndex
CREATE INDEX "Share_teamId_idx" ON "Share"("teamId");

-- CreateIndex
CREATE UNIQUE INDEX "Share_deploymentId_userId_key" ON "Share"("deploymentId", "userId");

-- CreateIndex
CREATE UNIQUE INDEX "Share_deploymentId_teamId_key" ON "Share"("deploymentId", "teamId");

-- CreateIndex
CREATE INDEX "TeamMember_userId_idx" ON "TeamMember"("userId");

-- CreateIndex
CREATE INDEX "AccessToken_makerId_idx" ON "AccessToken"("makerId");

-- CreateIndex
CREATE INDEX "OAuthClient_makerId_idx" ON "OAuthClient"("makerId");

-- AddForeignKey
ALTER TABLE "Share" ADD CONSTRAINT "Share_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Share" ADD CONSTRAINT "Share_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Share" ADD CONSTRAINT "Share_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TeamMember" ADD CONSTRAINT "TeamMember_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TeamMember" ADD CONSTRAINT "TeamMember_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AccessToken" ADD CONSTRAINT "AccessToken_makerId_fkey" FOREIGN KEY ("makerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OAuthClient" ADD CONSTRAINT "OAuthClient_makerId_fkey" FOREIGN KEY ("makerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- Everyone may use a deployment, and nobody but people and teams may manage one.
ALTER TABLE "Share" ADD CONSTRAINT "Share_holder" CHECK (
  ("userId" IS NULL OR "teamId" IS NULL) AND ("userId" IS NOT NULL OR "teamId" IS NOT NULL OR "role" = 'USE'));
CREATE UNIQUE INDEX "Share_everyone" ON "Share"("deploymentId") WHERE "userId" IS NULL AND "teamId" IS NULL;

-- Deployments that were open to everyone who can sign in are shared with everyone.
INSERT INTO "Share" ("id", "deploymentId", "role")
SELECT gen_random_uuid(), "id", 'USE' FROM "Deployment" WHERE "openToMembers";
ALTER TABLE "Deployment" DROP COLUMN "openToMembers";
