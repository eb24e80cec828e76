import { SelectionRules } from './SelectionRules.tsx';
import { ShownSwitch } from './ShownSwitch.tsx';
import classes from './Views.module.css';
import { byName, byUri, type EditedView, type Selection } from './view-rules.ts';

type Item = { text: string; about: string | null | undefined };

type ViewCapabilitiesProps = {
  view: EditedView;
  prompts: readonly { name: string; description?: string | null | undefined }[];
  resources: readonly { uri: string; name?: string | null | undefined }[];
  onChange: (view: EditedView) => void;
};

/** The prompts and resources of a view, each with a switch, and rules by pattern. */
export function ViewCapabilities({ view, prompts, resources, onChange }: ViewCapabilitiesProps) {
  return (
    <>
      <Kind
        noun="prompts"
        items={prompts.map(({ name, description }) => ({ text: name, about: description }))}
        selection={view.prompts}
        matches={byName}
        placeholder="admin_*"
        onChange={(selection) => onChange({ ...view, prompts: selection })}
      />
      <Kind
        noun="resources"
        items={resources.map(({ uri, name }) => ({ text: uri, about: name }))}
        selection={view.resources}
        matches={byUri}
        placeholder="docs://private/*"
        onChange={(selection) => onChange({ ...view, resources: selection })}
      />
    </>
  );
}

function Kind({
  noun,
  items,
  selection,
  matches,
  placeholder,
  onChange,
}: {
  noun: string;
  items: readonly Item[];
  selection: Selection;
  matches: (pattern: string, text: string) => boolean;
  placeholder: string;
  onChange: (selection: Selection) => void;
}) {
  const title = noun.charAt(0).toUpperCase() + noun.slice(1);
  return (
    <div className={classes.kind}>
      <h3 className={classes.kindTitle}>{title}</h3>
      {items.length > 0 && (
        <ul className={classes.items} aria-label={`${title} of the view`}>
          {items.map(({ text, about }) => (
            <li key={text} className={classes.item}>
              <ShownSwitch text={text} selection={selection} matches={matches} onChange={onChange} />
              <span className={classes.words}>
                <code className={classes.name}>{text}</code>
                <span className={classes.short}>{about}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <SelectionRules
        noun={noun}
        selection={selection}
        all={items.map(({ text }) => text)}
        matches={matches}
        placeholder={placeholder}
        onChange={onChange}
      />
    </div>
  );
}
