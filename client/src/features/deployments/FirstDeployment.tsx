import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { Link } from 'react-router';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { SourceInput } from '../analysis/SourceInput.tsx';
import classes from './FirstDeployment.module.css';

const STEPS = [
  ['Paste', 'where the server lives: a GitHub address, an npm or PyPI package, or an mcpServers snippet.'],
  ['Fill in', 'what Catwalk found that it needs. Secrets are encrypted and never shown again.'],
  ['Connect', 'Claude, Cursor, VS Code or any MCP client to the endpoint you get.'],
] as const;

/** The empty list: the main job is right here, and so is the same job on the command line. */
export function FirstDeployment() {
  return (
    <div className={classes.first}>
      <div className={classes.lead}>
        <h2 className={classes.title}>Paste where an MCP server lives. Get an endpoint that works.</h2>
        <SourceInput autoFocus />
        <p className={classes.try}>
          Nothing at hand?{' '}
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
        label="the command"
        caption="The same from a terminal"
        code="npx catwalk deploy @modelcontextprotocol/server-everything"
      />
    </div>
  );
}
