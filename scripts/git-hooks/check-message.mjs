/** Called by the commit-msg hook with the file that holds the message; refuses a subject that git log would cut off. */
import { readFileSync } from 'node:fs';

const SUBJECT_CHARACTERS_MAX = 72;
/** Written by git itself; an autosquash subject repeats another one. */
const EXEMPT = /^(?:Merge|Revert|fixup!|squash!|amend!) ?/;

/** Returns the problem with a commit message, or null. */
export function findProblem(message) {
  const [subject = '', second = ''] = message.split('\n').filter((line) => !line.startsWith('#'));
  const { length } = [...subject];
  if (EXEMPT.test(subject)) return null;
  if (length > SUBJECT_CHARACTERS_MAX) {
    return `The subject has ${length} characters; at most ${SUBJECT_CHARACTERS_MAX} are allowed. Move the why into the body.`;
  }
  if (second !== '') return 'Leave the second line empty: git takes it for a part of the subject.';
  return null;
}

const [, , file] = process.argv;
if (file !== undefined) {
  const problem = findProblem(readFileSync(file, 'utf8'));
  if (problem) {
    console.error(problem);
    process.exitCode = 1;
  }
}
