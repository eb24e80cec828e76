-- CreateTable
CREATE TABLE "PublicPage" (
    "deploymentId" UUID NOT NULL,
    "text" TEXT NOT NULL DEFAULT '',
    "viewId" UUID,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "PublicPage_pkey" PRIMARY KEY ("deploymentId")
);

-- CreateIndex
CREATE INDEX "PublicPage_viewId_idx" ON "PublicPage"("viewId");

-- AddForeignKey
ALTER TABLE "PublicPage" ADD CONSTRAINT "PublicPage_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PublicPage" ADD CONSTRAINT "PublicPage_viewId_fkey" FOREIGN KEY ("viewId") REFERENCES "View"("id") ON DELETE CASCADE ON UPDATE CASCADE;
