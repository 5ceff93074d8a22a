import { readArguments } from '../../commands/support/command-line.js';
import { loadEnvironmentFile } from '../machine/environment.js';
import { inputOf, lineOf, lineOfAll } from './arguments.js';
import { connect, type Connection } from './connection.js';
import { harmless, jsonOf, textOf } from './output.js';
import { exitCodes, refusalOf, Refused } from './refusals.js';
import type { Tool } from './tool.js';
import { tools } from './tools.js';

loadEnvironmentFile();
const [task = '', ...rest] = process.argv.slice(2);
let url = 'The instance';
try {
  await run();
} catch (error) {
  const { message, exitCode } = refusalOf(error, url);
  console.error(`mainstay: ${harmless(message)}`);
  process.exitCode = exitCode;
}

async function run(): Promise<void> {
  const tool = tools.find(({ name }) => name === task);
  if (tool) return runTool(tool);
  const isMcp = task === 'mcp';
  const { values, positionals } = readArguments(lineOfAll(tools), isMcp ? rest : process.argv.slice(2));
  if (!isMcp || positionals.length > 0)
    throw new Refused(
      positionals[0]
        ? `There is no task '${positionals[0]}'; --help lists them.`
        : 'Name a task; --help lists them.',
      exitCodes.misused,
    );
  const { serve } = await import('./mcp.js');
  await using connection = await opened(values);
  await serve(tools, connection);
}

async function runTool(tool: Tool): Promise<void> {
  const { values, positionals } = readArguments(lineOf(tool), rest);
  const input = inputOf(tool, values, positionals);
  await using connection = await opened(values);
  const answer = await tool.run(connection.client, input);
  console.log(values.json ? jsonOf(answer.data) : textOf(answer));
}

async function opened(values: object): Promise<Connection & AsyncDisposable> {
  const connection = await connect(values, process.env);
  url = connection.url;
  return { ...connection, [Symbol.asyncDispose]: () => connection.close() };
}
