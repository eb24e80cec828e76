-- AlterTable
ALTER TABLE "CredentialSet" ADD COLUMN     "shown" JSONB;
