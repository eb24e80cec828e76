import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Entry, EntryNote } from '../../ui/data/EntryList.tsx';
import { Ago } from '../../ui/data/Times.tsx';
import { CopyButton } from '../../ui/inputs/CopyButton.tsx';
import { ViewEffectFragment } from './use-view-effect.ts';
import classes from './Views.module.css';

export const ViewEntryFragment = graphql(`
  fragment ViewEntry_view on View {
    id
    name
    url
    updatedAt
    effect {
      ...ViewEffect_effect
    }
  }
`);

type ViewEntryProps = { view: FragmentType<typeof ViewEntryFragment>; isOpen: boolean; isOwner: boolean };

/** One view in the list of a deployment, which opens to its rules. */
export function ViewEntry({ isOpen, isOwner, ...props }: ViewEntryProps) {
  const { name, url, updatedAt, effect: masked } = readFragment(ViewEntryFragment, props.view);
  const effect = readFragment(ViewEffectFragment, masked);
  return (
    <Entry
      name={name}
      beside={
        effect && (
          <EntryNote>
            {effect.toolsAfter} of {effect.toolsBefore} tools · about {effect.tokensAfter.toLocaleString('en-US')} of{' '}
            {effect.tokensBefore.toLocaleString('en-US')} tokens
          </EntryNote>
        )
      }
      times={
        <span>
          changed <Ago at={updatedAt} />
        </span>
      }
      action={
        <span className={classes.entryActions}>
          <CopyButton value={url} label={`Copy address of ${name}`} text="Copy address" />
          {isOpen ? (
            <Link className="link small" to="." replace aria-label={`Close ${name}`}>
              Close
            </Link>
          ) : (
            <Link
              className="link small"
              to={`?view=${encodeURIComponent(name)}`}
              aria-label={`${isOwner ? 'Edit' : 'Show'} ${name}`}
            >
              {isOwner ? 'Edit' : 'Show'}
            </Link>
          )}
        </span>
      }
    />
  );
}
