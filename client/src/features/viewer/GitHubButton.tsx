import { Button } from '@mantine/core';
import { IconBrandGithub } from '@tabler/icons-react';
import { useState } from 'react';
import { isProblem, type SignInProblem } from './sign-in.ts';

type GitHubButtonProps = {
  label: string;
  begin: () => Promise<{ url?: string } | SignInProblem>;
  onProblem: (message: string) => void;
};

/** Redirects to GitHub, which redirects back after the user has signed in there. */
export function GitHubButton({ label, begin, onProblem }: GitHubButtonProps) {
  const [working, setWorking] = useState(false);
  const go = async () => {
    setWorking(true);
    const answer = await begin();
    if (!isProblem(answer) && answer.url) return location.assign(answer.url);
    onProblem(isProblem(answer) ? answer.message : 'Can’t reach GitHub.');
    setWorking(false);
  };
  return (
    <Button variant="default" leftSection={<IconBrandGithub size={18} />} loading={working} onClick={() => void go()}>
      {label}
    </Button>
  );
}
