import type { Missing } from '../contract.ts';
import { readParserMessages } from './parsers.ts';
import { readNearby, readSentences, withoutCovered } from './sentences.ts';
import { cleanLines } from './text.ts';
import { isUsageLine, readModes, readUsageNeeds } from './usage.ts';
import { readValidatorMessages } from './validators.ts';

export type FirstWords = {
  /** All that the server lacks; of each list one entry is enough. */
  needs: Missing[][];
  /** Words of a usage text that may start the server, the likeliest first. */
  modes: string[][];
  /** Variables that stand near a demand, where nothing is stated plainly. */
  mentioned: string[];
};

const NEEDS_MAX = 20;
const MODES_MAX = 6;

/**
 * Reads the first words of a server that ended before it answered. Pure: the same lines give the same result. Knows
 * the messages of parsers of command lines, of validators and of people, and no program by its name. `known`: variables
 * of the server's form, which count in any spelling that names them.
 */
export const readFirstWords = (printed: readonly string[], known: readonly string[]): FirstWords => {
  const lines = cleanLines(printed);
  const modes = readModes(lines).slice(0, MODES_MAX);
  const stated = withoutCovered([
    ...readParserMessages(lines),
    ...readValidatorMessages(lines, known),
    ...readSentences(
      lines.filter((line) => !isUsageLine(line)),
      known,
    ),
  ]);
  // A program that wants a subcommand shows the places of one, not its own.
  const needs = stated.length > 0 || modes.length > 0 ? stated : withoutCovered(readUsageNeeds(lines, known));
  const isPlain = needs.length > 0 || modes.length > 0;
  return {
    needs: needs.slice(0, NEEDS_MAX),
    modes,
    mentioned: isPlain ? [] : readNearby(lines, known).slice(0, NEEDS_MAX),
  };
};
