import { Button, FileButton, Modal, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconClipboardText } from '@tabler/icons-react';
import { z } from 'zod';
import { useDraft } from '../../drafts/draft-store.ts';
import { ENV_FILE_BYTES_MAX, type EnvPair, parseDotenv } from './dotenv.ts';

type EnvPasteProps = {
  /** Identifies the form that the variables are for: its text is kept until it is used. */
  draftKey: string;
  known: ReadonlySet<string>;
  onPaste: (pairs: EnvPair[]) => void;
};

/** Fills the fields from a whole .env file or from the env block of a client's configuration. */
export function EnvPaste({ draftKey, known, onPaste }: EnvPasteProps) {
  const [opened, { open, close }] = useDisclosure(false);
  // Kept in memory when the dialog closes, and never stored: most values are secrets.
  const [text, setText, discard] = useDraft<string>({
    key: `env:${draftKey}`,
    schema: z.string(),
    initial: () => '',
    toStored: () => undefined,
  });
  const pairs = parseDotenv(text);
  const matching = pairs.filter((pair) => known.has(pair.name)).length;
  return (
    <>
      <Button variant="default" size="xs" leftSection={<IconClipboardText size={14} />} onClick={open}>
        Paste .env
      </Button>
      <Modal opened={opened} onClose={close} title="Paste variables">
        <Textarea
          autosize
          minRows={8}
          maxRows={16}
          data-autofocus
          label="NAME=VALUE lines, or the env block of an MCP config"
          placeholder={'BRAVE_API_KEY=…\nLOG_LEVEL=debug'}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <p className="muted small" role="status">
          {pairs.length === 0
            ? 'Known names fill their fields. Other names become extra variables.'
            : `${pairs.length} ${pairs.length === 1 ? 'variable' : 'variables'}: ${matching} known, ${pairs.length - matching} extra`}
        </p>
        <FileButton
          onChange={(file) => {
            if (file && file.size <= ENV_FILE_BYTES_MAX) void file.text().then(setText);
          }}
        >
          {(button) => (
            <Button {...button} fullWidth variant="default" mb="xs">
              Choose a file…
            </Button>
          )}
        </FileButton>
        <Button
          fullWidth
          disabled={pairs.length === 0}
          onClick={() => {
            onPaste(pairs);
            discard();
            close();
          }}
        >
          Fill in
        </Button>
      </Modal>
    </>
  );
}
