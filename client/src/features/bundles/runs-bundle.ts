/** True for a bundle that has run: it has no process to restart and no package to deploy. */
export const runsBundle = ({ currentRelease }: { currentRelease?: { runtime: string } | null | undefined }): boolean =>
  currentRelease?.runtime === 'BUNDLE';
