import { ActionIcon, Button, Textarea } from '@mantine/core';
import { IconCornerDownLeft, IconEye, IconEyeOff } from '@tabler/icons-react';
import { type DragEvent, useId, useState } from 'react';
import { useNavigate } from 'react-router';
import type { UserProblem } from '../../apollo/problem.ts';
import { newPath } from '../../navigation/pages.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { parseDotenv } from '../deploy/dotenv.ts';
import { useAnalyze } from './analyze.ts';
import { editedText, isIn, partsOf, shownText } from './hidden-text.ts';
import classes from './SourceInput.module.css';
import { guessSourceKind } from './source-kind.ts';

type SourceInputProps = {
  initial?: string;
  autoFocus?: boolean;
  refresh?: boolean;
  /** The parts of the text to hide, longest first. */
  secrets?: readonly string[] | undefined;
};

const NO_SECRETS: readonly string[] = [];

const FILE_BYTES_MAX = 256_000;
const FILE_TOO_LARGE: UserProblem = {
  code: 'NOT_A_SOURCE',
  message: 'This file is too large to be a config.',
  hint: 'To deploy a package on this computer, paste its path.',
};
const ENV_FILE: UserProblem = {
  code: 'NOT_A_SOURCE',
  message: 'This looks like an .env file. It was not sent.',
  hint: 'Paste the server first, then drop the .env file on its form.',
};

/** The one input for every kind of source. It shows what the text looks like while typing, and starts the analysis. */
export function SourceInput({
  initial = '',
  autoFocus = false,
  refresh = false,
  secrets = NO_SECRETS,
}: SourceInputProps) {
  const [source, setSource] = useState(initial);
  const [isRevealed, setIsRevealed] = useState(false);
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const { analyze, analyzing } = useAnalyze();
  const navigate = useNavigate();
  const hintId = useId();
  const kind = guessSourceKind(source);
  // A text that was replaced holds other secrets, or none: they are hidden once it is analyzed.
  const parts = partsOf(source, source === initial ? secrets : secrets.filter((secret) => isIn(source, secret)));
  const hasHidden = parts.some(({ isHidden }) => isHidden);
  const isHiding = hasHidden && !isRevealed;

  const submit = async (text: string) => {
    if (text.trim() === '' || analyzing) return;
    setProblem(null);
    const outcome = await analyze(text.trim(), refresh);
    if ('problem' in outcome) setProblem(outcome.problem);
    else navigate(newPath({ analysis: outcome.analysisId }));
  };
  const onDrop = async (event: DragEvent) => {
    const file = event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault();
    if (file.size > FILE_BYTES_MAX) return setProblem(FILE_TOO_LARGE);
    const text = await file.text();
    // An .env file is not a source: sending it would only expose its secrets.
    if (!text.trim().startsWith('{') && parseDotenv(text).length > 0) return setProblem(ENV_FILE);
    setSource(text);
  };

  return (
    <form className={classes.form} onSubmit={handleSubmit(() => submit(source))}>
      <div className={classes.box} data-invalid={problem !== null || undefined}>
        <Textarea
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={12}
          aria-label="MCP server"
          aria-describedby={hintId}
          aria-invalid={problem !== null}
          placeholder="GitHub URL, npm or PyPI package, or mcpServers config"
          classNames={{ root: classes.root ?? '', input: classes.input ?? '' }}
          value={isHiding ? shownText(parts) : source}
          data-autofocus={autoFocus || undefined}
          autoFocus={autoFocus}
          spellCheck={false}
          autoCapitalize="none"
          autoCorrect="off"
          data-page-search
          onChange={(event) => {
            const { value } = event.currentTarget;
            setSource(isHiding ? editedText(parts, value) : value);
            setProblem(null);
          }}
          onDrop={(event) => void onDrop(event)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void submit(source);
          }}
        />
        {hasHidden && (
          <ActionIcon
            className={classes.reveal ?? ''}
            size={32}
            aria-label={isRevealed ? 'Hide secrets' : 'Show secrets'}
            onClick={() => setIsRevealed(!isRevealed)}
          >
            {isRevealed ? <IconEyeOff size={16} /> : <IconEye size={16} />}
          </ActionIcon>
        )}
        <Button
          type="submit"
          className={classes.button ?? ''}
          loading={analyzing}
          disabled={source.trim() === ''}
          rightSection={<IconCornerDownLeft size={15} />}
        >
          Analyze
        </Button>
      </div>
      <div id={hintId} className={classes.hint} aria-live="polite">
        {problem ? (
          <span className={classes.problem} role="alert">
            <strong>{problem.message}</strong> {problem.hint}
          </span>
        ) : kind ? (
          <>
            Looks like: <strong>{kind}</strong>
          </>
        ) : (
          'A repository, a package, a registry name or an mcpServers config.'
        )}
      </div>
    </form>
  );
}
