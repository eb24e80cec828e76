-- CreateTable
CREATE TABLE "ReleasePackages" (
    "releaseId" UUID NOT NULL,
    "packages" JSONB NOT NULL,
    "checkAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checkedAt" TIMESTAMPTZ(3),
    "advisories" JSONB,
    "problem" TEXT,

    CONSTRAINT "ReleasePackages_pkey" PRIMARY KEY ("releaseId")
);

-- CreateIndex
CREATE INDEX "ReleasePackages_checkAt_idx" ON "ReleasePackages"("checkAt");

-- AddForeignKey
ALTER TABLE "ReleasePackages" ADD CONSTRAINT "ReleasePackages_releaseId_fkey" FOREIGN KEY ("releaseId") REFERENCES "Release"("id") ON DELETE CASCADE ON UPDATE CASCADE;

