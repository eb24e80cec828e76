import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { JsonTree } from '../../ui/data/JsonTree.tsx';
import classes from './Playground.module.css';
import { checkStructured, type SchemaCheck } from './schema-check.ts';

type StructuredContentProps = {
  value: unknown;
  /** The JSON Schema that the tool declares for it; null for none. */
  schema: unknown;
};

/** Shows the structured content of a result, and whether it matches the schema that the tool declares. */
export function StructuredContent({ value, schema }: StructuredContentProps) {
  const [check, setCheck] = useState<SchemaCheck | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setCheck(null);
    if (schema !== null && value !== undefined) {
      void checkStructured(schema, value).then((found) => isCurrent && setCheck(found));
    }
    return () => {
      isCurrent = false;
    };
  }, [schema, value]);
  return (
    <>
      {value !== undefined && <JsonTree label="structured content" value={value} />}
      {value === undefined && schema !== null && (
        <Verdict isValid={false}>The tool has an output schema, but returned no structured content.</Verdict>
      )}
      {check && (
        <Verdict isValid={check.isValid}>
          {check.isValid ? 'Matches the output schema.' : `Does not match the output schema: ${check.problem}`}
        </Verdict>
      )}
    </>
  );
}

function Verdict({ isValid, children }: { isValid: boolean; children: string }) {
  const VerdictIcon = isValid ? IconCheck : IconAlertTriangle;
  return (
    <p className={classes.verdict} data-valid={isValid} role="status">
      <VerdictIcon size={15} aria-hidden /> <span>{children}</span>
    </p>
  );
}
