-- AlterTable
ALTER TABLE "SignInLink" ADD COLUMN     "email" TEXT,
ALTER COLUMN "userId" DROP NOT NULL;

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "deletedAt" TIMESTAMPTZ(3),
ADD COLUMN     "lastSignedInAt" TIMESTAMPTZ(3),
ADD COLUMN     "lockedAt" TIMESTAMPTZ(3);

-- Everyone who has an account by now has signed in before.
UPDATE "User" SET "lastSignedInAt" =
  COALESCE((SELECT max("createdAt") FROM "Session" WHERE "Session"."userId" = "User"."id"), "createdAt");

-- CreateIndex
CREATE INDEX "AuditEvent_at_idx" ON "AuditEvent"("at");

-- CreateIndex
CREATE INDEX "SignInLink_userId_idx" ON "SignInLink"("userId");

-- AddForeignKey
DELETE FROM "SignInLink" WHERE NOT EXISTS (SELECT 1 FROM "User" WHERE "User"."id" = "SignInLink"."userId");
ALTER TABLE "SignInLink" ADD CONSTRAINT "SignInLink_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The network address of an entry is removed after 90 days (server/domain/retention). Nothing else is ever changed.
DROP TRIGGER "AuditEvent_append_only" ON "AuditEvent";

CREATE TRIGGER "AuditEvent_append_only" BEFORE DELETE OR TRUNCATE ON "AuditEvent"
FOR EACH STATEMENT EXECUTE FUNCTION "AuditEvent_append_only"();

CREATE FUNCTION "AuditEvent_forget_address"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."ip" IS NULL AND OLD."at" < now() - interval '90 days'
    AND (NEW."id", NEW."at", NEW."ownerId", NEW."actor", NEW."type", NEW."deploymentId", NEW."data")
    IS NOT DISTINCT FROM (OLD."id", OLD."at", OLD."ownerId", OLD."actor", OLD."type", OLD."deploymentId", OLD."data")
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'AuditEvent is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER "AuditEvent_forget_address" BEFORE UPDATE ON "AuditEvent"
FOR EACH ROW EXECUTE FUNCTION "AuditEvent_forget_address"();
