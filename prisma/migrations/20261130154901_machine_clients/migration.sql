-- CreateEnum
CREATE TYPE "MachineGrant" AS ENUM ('CLIENT_CREDENTIALS', 'IDENTITY_ASSERTION');

-- AlterEnum
ALTER TYPE "OAuthClientSource" ADD VALUE 'MACHINE';

-- AlterTable
ALTER TABLE "OAuthClient" ADD COLUMN     "apiTokenId" UUID,
ADD COLUMN     "deploymentId" UUID,
ADD COLUMN     "expiresAt" TIMESTAMPTZ(3),
ADD COLUMN     "grant" "MachineGrant",
ADD COLUMN     "jwks" JSONB,
ADD COLUMN     "revokedAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "OAuthAssertion" (
    "hash" BYTEA NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "OAuthAssertion_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "TrustedIssuer" (
    "issuer" TEXT NOT NULL,
    "jwksUri" TEXT NOT NULL,
    "audience" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrustedIssuer_pkey" PRIMARY KEY ("issuer")
);

-- CreateTable
CREATE TABLE "TrustedSubject" (
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrustedSubject_pkey" PRIMARY KEY ("issuer","subject")
);

-- CreateIndex
CREATE INDEX "OAuthAssertion_expiresAt_idx" ON "OAuthAssertion"("expiresAt");

-- CreateIndex
CREATE INDEX "TrustedSubject_userId_idx" ON "TrustedSubject"("userId");

-- CreateIndex
CREATE INDEX "OAuthClient_deploymentId_idx" ON "OAuthClient"("deploymentId");

-- CreateIndex
CREATE INDEX "OAuthClient_apiTokenId_idx" ON "OAuthClient"("apiTokenId");

-- AddForeignKey
ALTER TABLE "OAuthClient" ADD CONSTRAINT "OAuthClient_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OAuthClient" ADD CONSTRAINT "OAuthClient_apiTokenId_fkey" FOREIGN KEY ("apiTokenId") REFERENCES "ApiToken"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrustedSubject" ADD CONSTRAINT "TrustedSubject_issuer_fkey" FOREIGN KEY ("issuer") REFERENCES "TrustedIssuer"("issuer") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrustedSubject" ADD CONSTRAINT "TrustedSubject_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

