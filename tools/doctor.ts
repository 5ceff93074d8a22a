import { type Check, checks } from './doctor/checks.js';
import { command } from './command.js';
import { loadEnvironmentFile } from './environment.js';

await command(async () => {
  loadEnvironmentFile();
  const results = await Promise.all(checks.map(async (check) => ({ check, problem: await examine(check) })));
  for (const { check, problem } of results) {
    console.log(problem === undefined ? `ok       ${check.what}` : `problem  ${check.what}: ${problem}`);
  }
  const found = results.filter(({ problem }) => problem !== undefined).length;
  console.log(found === 0 ? 'Nothing is wrong.' : `${found} of ${results.length} checks found a problem.`);
  process.exitCode = found === 0 ? 0 : 1;
});

/** What is wrong and how to mend it, or nothing. */
async function examine({ look }: Check): Promise<string | undefined> {
  try {
    await look(process.env);
    return undefined;
  } catch (error) {
    return (error as Error).message.replaceAll('\n', '\n           ');
  }
}
