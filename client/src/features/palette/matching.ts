import type { SpotlightActionData, SpotlightActionGroupData, SpotlightFilterFunction } from '@mantine/spotlight';

const GROUP_MAX = 8;

const textOf = ({ label, description, keywords }: SpotlightActionData): string =>
  [label, description, ...(Array.isArray(keywords) ? keywords : [keywords])].join(' ').toLowerCase();

/** Ranks labels that begin with the query first, then labels that contain it, then the rest. */
const rank = (query: string, { label = '' }: SpotlightActionData): number => {
  const at = label.toLowerCase().indexOf(query);
  return at === 0 ? 0 : at > 0 ? 1 : 2;
};

/** Finds the actions that contain every word of the query. Groups keep their order and have a maximum length. */
export function matching(query: string, groups: readonly SpotlightActionGroupData[]): SpotlightActionGroupData[] {
  const typed = query.trim().toLowerCase();
  const words = typed.split(/\s+/);
  return groups
    .map(({ group, actions }) => ({
      group,
      actions: actions
        .filter((action) => words.every((word) => textOf(action).includes(word)))
        .sort((a, b) => rank(typed, a) - rank(typed, b))
        .slice(0, GROUP_MAX),
    }))
    .filter(({ actions }) => actions.length > 0);
}

/** Spotlight's own filter would drop results that the server found by words outside their labels. */
export const filterWith =
  (groups: readonly SpotlightActionGroupData[], found: readonly SpotlightActionGroupData[]): SpotlightFilterFunction =>
  (query) => [...matching(query, groups), ...found];
