-- CreateIndex
CREATE INDEX "AccessToken_kind_expiresAt_idx" ON "AccessToken"("kind", "expiresAt");

-- CreateIndex
CREATE INDEX "Analysis_expiresAt_idx" ON "Analysis"("expiresAt");

-- CreateIndex
CREATE INDEX "UsageRollup_day_idx" ON "UsageRollup"("day");

