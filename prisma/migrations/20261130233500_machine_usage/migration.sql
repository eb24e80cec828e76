-- Sessions, memory and processor time of machines over time.
-- CreateTable
CREATE TABLE "MachineSample" (
    "deploymentId" UUID NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "sessions" INTEGER NOT NULL,
    "memoryBytes" BIGINT,
    "processorMs" DOUBLE PRECISION,
    "bootId" TEXT,
    "processorTotalMs" DOUBLE PRECISION,

    CONSTRAINT "MachineSample_pkey" PRIMARY KEY ("deploymentId","at")
);

-- CreateTable
CREATE TABLE "MachineDay" (
    "deploymentId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "sessions" INTEGER NOT NULL,
    "memoryBytes" BIGINT,
    "processorMs" DOUBLE PRECISION,

    CONSTRAINT "MachineDay_pkey" PRIMARY KEY ("deploymentId","day")
);

-- CreateIndex
CREATE INDEX "MachineSample_at_idx" ON "MachineSample"("at");

-- CreateIndex
CREATE INDEX "MachineDay_day_idx" ON "MachineDay"("day");

-- AddForeignKey
ALTER TABLE "MachineSample" ADD CONSTRAINT "MachineSample_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MachineDay" ADD CONSTRAINT "MachineDay_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
