import { invalidInput } from '#server/domain/errors.ts';

const TAGS_MAX = 20;
const CHARACTERS_MAX = 40;

/** Trims the tags of a deployment and drops repeated ones. Throws INVALID_INPUT for too many or too long ones. */
export function checkTags(tags: readonly string[]): string[] {
  const known = new Map(tags.map((tag) => tag.trim().replace(/\s+/g, ' ')).map((tag) => [tag.toLowerCase(), tag]));
  known.delete('');
  const checked = [...known.values()];
  const problem =
    checked.length > TAGS_MAX
      ? `Up to ${TAGS_MAX} tags are allowed (currently ${checked.length}).`
      : checked.some((tag) => tag.length > CHARACTERS_MAX || tag.includes(','))
        ? `A tag has up to ${CHARACTERS_MAX} characters and no comma.`
        : null;
  if (problem !== null) throw invalidInput(problem, [{ field: 'tags', message: problem }]);
  return checked;
}
