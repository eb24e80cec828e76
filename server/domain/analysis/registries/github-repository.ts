import hostedGitInfo from 'hosted-git-info';

/** Returns the GitHub repository of a `repository` field as `owner/repo` in lower case, else null. */
export function githubRepositoryOf(url: string): string | null {
  const hosted = hostedGitInfo.fromUrl(url);
  return hosted?.type === 'github' ? `${hosted.user}/${hosted.project}`.toLowerCase() : null;
}
