import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { Link } from 'react-router';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { SourceInput } from '../analysis/SourceInput.tsx';
import classes from './FirstDeployment.module.css';

const STEPS = [
  ['Paste', 'a GitHub URL, an npm or PyPI package, or an mcpServers config.'],
  ['Fill in', 'the settings that Catwalk found. Secrets are encrypted and never shown again.'],
  ['Connect', 'Claude, Cursor, VS Code or any other MCP client to your endpoint.'],
] as const;

/** The empty list: starts the first deployment right here, and shows the same on the command line. */
export function FirstDeployment() {
  return (
    <div className={classes.first}>
      <div className={classes.lead}>
        <h2 className={classes.title}>Paste an MCP server. Get an endpoint that works.</h2>
        <SourceInput autoFocus />
        <p className={classes.try}>
          Just looking?{' '}
          <Button
            component={Link}
            to="/new?source=%40modelcontextprotocol%2Fserver-everything"
            variant="subtle"
            size="compact-sm"
            rightSection={<IconArrowRight size={14} />}
          >
            Try server-everything
          </Button>
        </p>
      </div>
      <ol className={classes.steps}>
        {STEPS.map(([verb, rest]) => (
          <li key={verb}>
            <strong>{verb}</strong> {rest}
          </li>
        ))}
      </ol>
      <CodeBlock
        label="command"
        caption="Or run this in a terminal"
        code="npx catwalk-mcp deploy @modelcontextprotocol/server-everything"
      />
    </div>
  );
}
