import { Button, JsonInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { argumentsOf, type Parameter, parametersOf } from '../tools/schema.ts';
import classes from './Playground.module.css';

type ToolFormProps = {
  tool: string;
  schema: unknown;
  running: boolean;
  onCall: (args: Record<string, unknown>) => void;
};

const initialOf = (parameters: readonly Parameter[]): Record<string, string> =>
  Object.fromEntries(
    parameters.flatMap(({ name, default: value, kind }) =>
      value === undefined || value === null
        ? []
        : [[name, kind === 'json' || typeof value === 'object' ? JSON.stringify(value) : String(value)]],
    ),
  );

/** The arguments of one tool: a form from its JSON Schema, or the JSON itself. */
export function ToolForm({ tool, schema, running, onCall }: ToolFormProps) {
  const parameters = parametersOf(schema);
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const [values, setValues] = useState(() => initialOf(parameters));
  const [raw, setRaw] = useState('{}');
  const [problem, setProblem] = useState<string | null>(null);

  const change = (next: 'form' | 'json') => {
    if (next === 'json') {
      try {
        setRaw(JSON.stringify(argumentsOf(parameters, values), null, 2));
      } catch {
        // Unfinished JSON in a field: what was typed in the editor before stays.
      }
    }
    setMode(next);
    setProblem(null);
  };
  const submit = () => {
    try {
      const missing = parameters.find(
        (one) => one.required && (values[one.name] ?? '') === '' && one.kind !== 'string',
      );
      if (mode === 'form' && missing) throw new SyntaxError(`${missing.name} is required.`);
      const args: unknown = mode === 'form' ? withEmptyStrings(parameters, values) : JSON.parse(raw);
      if (typeof args !== 'object' || args === null || Array.isArray(args))
        throw new SyntaxError('Arguments are a JSON object.');
      setProblem(null);
      onCall(args as Record<string, unknown>); // an object, checked above
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The arguments are not valid.');
    }
  };

  return (
    <form
      className={classes.form}
      aria-label={`Call ${tool}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className={classes.formHead}>
        <code className={classes.toolName}>{tool}</code>
        <SegmentedControl
          size="xs"
          aria-label="How to give the arguments"
          data={[
            { value: 'form', label: 'Form' },
            { value: 'json', label: 'JSON' },
          ]}
          value={mode}
          onChange={change}
        />
      </div>
      {mode === 'json' ? (
        <JsonInput
          aria-label="Arguments as JSON"
          autosize
          minRows={6}
          maxRows={20}
          value={raw}
          onChange={setRaw}
          formatOnBlur
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        />
      ) : (
        parameters.map((parameter) => (
          <ParameterInput
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? ''}
            onChange={(value) => setValues({ ...values, [parameter.name]: value })}
          />
        ))
      )}
      {mode === 'form' && parameters.length === 0 && <p className="muted small">This tool takes no arguments.</p>}
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <Button type="submit" leftSection={<IconPlayerPlay size={15} />} loading={running}>
        Call
      </Button>
    </form>
  );
}

/** A required text may be empty, and is then sent as such. */
const withEmptyStrings = (
  parameters: readonly Parameter[],
  values: Record<string, string>,
): Record<string, unknown> => ({
  ...Object.fromEntries(parameters.filter((one) => one.required && one.kind === 'string').map((one) => [one.name, ''])),
  ...argumentsOf(parameters, values),
});

type ParameterInputProps = { parameter: Parameter; value: string; onChange: (value: string) => void };

function ParameterInput({ parameter, value, onChange }: ParameterInputProps) {
  const { name, kind, required, description, choices, type } = parameter;
  const shared = {
    label: (
      <span className={classes.parameter}>
        <code>{name}</code> <span>{type}</span>
      </span>
    ),
    description,
    withAsterisk: required,
  };
  if (kind === 'choice' || kind === 'boolean') {
    return (
      <Select
        {...shared}
        data={kind === 'boolean' ? ['true', 'false'] : choices.map(String)}
        placeholder="Not set"
        clearable={!required}
        value={value === '' ? null : value}
        onChange={(chosen) => onChange(chosen ?? '')}
      />
    );
  }
  if (kind === 'number' || kind === 'integer') {
    return (
      <TextInput
        {...shared}
        inputMode={kind === 'integer' ? 'numeric' : 'decimal'}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <Textarea
      {...shared}
      autosize
      minRows={kind === 'json' ? 2 : 1}
      maxRows={12}
      spellCheck={false}
      placeholder={kind === 'json' ? 'JSON' : ''}
      {...(kind === 'json' ? { styles: { input: { fontFamily: 'var(--mantine-font-family-monospace)' } } } : {})}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
