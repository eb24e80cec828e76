import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';

type CopyButtonProps = { value: string; label: string; text?: string };

/** Copies a value. The label names the value for screen readers. */
export function CopyButton({ value, label, text }: CopyButtonProps) {
  const clipboard = useClipboard({ timeout: 1600 });
  const CopyIcon = clipboard.copied ? IconCheck : IconCopy;
  const copy = () => clipboard.copy(value);
  const announcement = (
    <span className="visually-hidden" aria-live="polite">
      {clipboard.copied ? `${label}: copied` : ''}
    </span>
  );
  if (text) {
    return (
      <>
        <Button variant="default" size="xs" leftSection={<CopyIcon size={14} />} onClick={copy} aria-label={label}>
          {clipboard.copied ? 'Copied' : text}
        </Button>
        {announcement}
      </>
    );
  }
  return (
    <>
      <Tooltip label={clipboard.copied ? 'Copied' : label} events={{ hover: true, focus: true, touch: false }}>
        <ActionIcon onClick={copy} aria-label={label} size={28}>
          <CopyIcon size={16} />
        </ActionIcon>
      </Tooltip>
      {announcement}
    </>
  );
}
