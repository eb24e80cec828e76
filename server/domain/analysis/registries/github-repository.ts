import hostedGitInfo from 'hosted-git-info';

/** Where a `repository` leads: `owner/repo` in lower case on GitHub, else null. */
export function githubRepositoryOf(url: string): string | null {
  const hosted = hostedGitInfo.fromUrl(url);
  return hosted?.type === 'github' ? `${hosted.user}/${hosted.project}`.toLowerCase() : null;
}
