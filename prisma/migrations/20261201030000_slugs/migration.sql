-- CreateTable
CREATE TABLE "FormerSlug" (
    "slug" TEXT NOT NULL,
    "deploymentId" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "FormerSlug_pkey" PRIMARY KEY ("slug")
);

-- CreateIndex
CREATE INDEX "FormerSlug_deploymentId_idx" ON "FormerSlug"("deploymentId");

-- CreateIndex
CREATE INDEX "FormerSlug_until_idx" ON "FormerSlug"("until");

-- AddForeignKey
ALTER TABLE "FormerSlug" ADD CONSTRAINT "FormerSlug_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Deployments without a slug get one of their names, as slugOf in server/domain/deployments/rows/slug.ts makes it. The first one
-- of a name has the name alone; the others have the start of their id behind it.
WITH "word" AS (
    SELECT "id", "createdAt",
        regexp_replace(left(regexp_replace(regexp_replace(lower("name"), '[^a-z0-9]+', '-', 'g'), '^[^a-z]+|-+$', '', 'g'), 31), '-+$', '') AS "word"
    FROM "Deployment" WHERE "slug" IS NULL
), "base" AS (
    SELECT "id", "createdAt", CASE
        WHEN "word" = '' THEN 'server'
        WHEN length("word") < 3 OR "word" IN ('message', 'messages', 'new', 'server-card', 'sse', 'well-known') THEN "word" || '-server'
        ELSE "word" END AS "base"
    FROM "word"
), "ranked" AS (
    SELECT "id", "base", row_number() OVER (PARTITION BY "base" ORDER BY "createdAt", "id") AS "rank" FROM "base"
)
UPDATE "Deployment" SET "slug" = CASE
    WHEN "rank" = 1 AND NOT EXISTS (SELECT 1 FROM "Deployment" AS "other" WHERE "other"."slug" = "base") THEN "base"
    ELSE "base" || '-' || left("ranked"."id"::text, 8) END
FROM "ranked" WHERE "ranked"."id" = "Deployment"."id";
