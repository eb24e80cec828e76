-- CreateEnum
CREATE TYPE "KeyService" AS ENUM ('FLY', 'OPENROUTER', 'GITHUB');

-- CreateEnum
CREATE TYPE "SignUpMode" AS ENUM ('CLOSED', 'LIMITED', 'OPEN');

-- CreateTable
CREATE TABLE "ServiceKey" (
    "userId" TEXT NOT NULL,
    "service" "KeyService" NOT NULL,
    "envelope" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "ending" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "checkedAt" TIMESTAMPTZ(3) NOT NULL,
    "problem" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ServiceKey_pkey" PRIMARY KEY ("userId","service")
);

-- CreateTable
CREATE TABLE "InstallationSettings" (
    "id" TEXT NOT NULL DEFAULT 'installation',
    "signUp" "SignUpMode",
    "signUpAllowed" TEXT[],
    "machinesMax" INTEGER,
    "analysesPerDayMax" INTEGER,
    "modelUsdPerMonthMax" DECIMAL(12,4),
    "webhookUrl" TEXT,
    "webhookSecret" TEXT,
    "webhookSecretVersion" INTEGER NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "InstallationSettings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ModelCall" (
    "id" BIGSERIAL NOT NULL,
    "userId" TEXT NOT NULL,
    "analysisId" UUID,
    "model" TEXT NOT NULL,
    "ownKey" BOOLEAN NOT NULL,
    "inputTokens" INTEGER,
    "outputTokens" INTEGER,
    "costUsd" DECIMAL(12,6) NOT NULL,
    "askedAt" TIMESTAMPTZ(3) NOT NULL,
    "settledAt" TIMESTAMPTZ(3),

    CONSTRAINT "ModelCall_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MachineApp" (
    "app" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MachineApp_pkey" PRIMARY KEY ("app","ownerId")
);

-- CreateIndex
CREATE INDEX "ModelCall_userId_askedAt_idx" ON "ModelCall"("userId", "askedAt");

-- AddForeignKey
ALTER TABLE "ServiceKey" ADD CONSTRAINT "ServiceKey_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ModelCall" ADD CONSTRAINT "ModelCall_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- Where machines are already.
INSERT INTO "MachineApp" ("app", "ownerId")
SELECT DISTINCT "Machine"."app", "Deployment"."ownerId"
FROM "Machine" JOIN "Deployment" ON "Deployment"."id" = "Machine"."deploymentId"
ON CONFLICT DO NOTHING;
