-- AlterTable
ALTER TABLE "RegistrySync" ADD COLUMN "plannedAt" TIMESTAMPTZ(3);
