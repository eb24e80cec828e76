-- AlterTable
ALTER TABLE "Installation" ADD COLUMN     "privateAddresses" TEXT;
