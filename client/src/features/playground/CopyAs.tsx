import { Button, Menu } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCode } from '@tabler/icons-react';
import { notifyProblem } from '../../ui/feedback/notify.ts';
import type { CapabilityRequest } from './capabilities.ts';
import { type CopyTarget, snippetsOf } from './copy-as.ts';

type CopyAsProps = {
  target: CopyTarget;
  /** Returns the request as it is filled in, or null while it is not valid: then nothing is copied. */
  request: () => CapabilityRequest | null;
  /** The request has a form in Catwalk's command line. */
  isTool: boolean;
};

const LABELS = [
  { key: 'curl', label: 'curl' },
  { key: 'typescript', label: 'TypeScript' },
  { key: 'python', label: 'Python' },
  { key: 'catwalk', label: 'catwalk call' },
] as const;

/** Names a resource by the URI to which its template expands. The MCP client that expands it is loaded on demand. */
async function withoutTemplate(request: CapabilityRequest): Promise<CapabilityRequest> {
  if (!request.template) return request;
  const { expandTemplate } = await import('./session.ts');
  return { ...request, name: expandTemplate(request.name, request.args), template: false, args: {} };
}

/** Copies a request as a program that sends it. The access token comes from a variable. */
export function CopyAs({ target, request, isTool }: CopyAsProps) {
  const clipboard = useClipboard({ timeout: 1600 });
  const copy = async (key: string) => {
    const filled = request();
    if (!filled) return;
    try {
      const snippets = snippetsOf(target, await withoutTemplate(filled));
      const snippet = snippets.find((one) => one.key === key);
      if (snippet) clipboard.copy(snippet.code);
    } catch {
      notifyProblem({ message: 'The URI template can’t be filled in with these values.' });
    }
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" leftSection={clipboard.copied ? <IconCheck size={15} /> : <IconCode size={15} />}>
          {clipboard.copied ? 'Copied' : 'Copy as'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {LABELS.filter(({ key }) => key !== 'catwalk' || isTool).map(({ key, label }) => (
          <Menu.Item key={key} onClick={() => void copy(key)}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Label>{target.isPublic ? 'Runs as it is.' : 'Set MCP_TOKEN to an access token.'}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
