-- CreateTable
CREATE TABLE "RemoteConnection" (
    "deploymentId" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "envelope" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "scope" TEXT,
    "wantedScope" TEXT,
    "connectedAt" TIMESTAMPTZ(3) NOT NULL,
    "renewedAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "renewalUntil" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "RemoteConnection_pkey" PRIMARY KEY ("deploymentId")
);

-- CreateTable
CREATE TABLE "RemoteSignIn" (
    "stateHash" BYTEA NOT NULL,
    "deploymentId" UUID NOT NULL,
    "userId" TEXT NOT NULL,
    "envelope" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RemoteSignIn_pkey" PRIMARY KEY ("stateHash")
);

-- CreateIndex
CREATE INDEX "RemoteSignIn_expiresAt_idx" ON "RemoteSignIn"("expiresAt");

-- CreateIndex
CREATE INDEX "RemoteSignIn_deploymentId_idx" ON "RemoteSignIn"("deploymentId");

-- CreateIndex
CREATE INDEX "RemoteSignIn_userId_idx" ON "RemoteSignIn"("userId");

-- AddForeignKey
ALTER TABLE "RemoteConnection" ADD CONSTRAINT "RemoteConnection_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RemoteSignIn" ADD CONSTRAINT "RemoteSignIn_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RemoteSignIn" ADD CONSTRAINT "RemoteSignIn_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

