import type { ServingDoubt } from '../../generated/graphql.ts';

type DoubtWords = {
  /** Stands beside the status. */
  label: string;
  /** The finding and its consequence, in one or two sentences. */
  sentence: string;
  /** True if the server cannot be used as it is; false if that is only not known. */
  isTrouble: boolean;
};

/** What each reason to doubt a running server means for the people who call it. */
export const DOUBT_WORDS: Record<ServingDoubt, DoubtWords> = {
  NO_TOOLS: {
    label: 'No tools',
    sentence:
      'The server answers, but offers no tools, resources or prompts. Some servers offer tools only with the right settings.',
    isTrouble: true,
  },
  CALLS_FAIL: {
    label: 'Calls fail',
    sentence: 'Every call of the last 24 hours failed. See Calls for the errors.',
    isTrouble: true,
  },
  CREDENTIALS_REFUSED: {
    label: 'Credentials refused',
    sentence: 'The server runs, but the last test of its credentials failed.',
    isTrouble: true,
  },
  CREDENTIALS_UNTRIED: {
    label: 'Credentials untested',
    sentence:
      'The server started with its credentials, but nothing has shown that they work. Test them before you rely on them.',
    isTrouble: false,
  },
};
