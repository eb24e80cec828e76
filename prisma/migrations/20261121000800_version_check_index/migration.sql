-- Every instance looks once a minute for deployments whose registry was not asked for a day.
CREATE INDEX "Deployment_versionCheckAt_createdAt_idx" ON "Deployment"("versionCheckAt", "createdAt");
