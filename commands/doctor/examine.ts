export interface Check {
  what: string;
  /** Throws an error that says what is wrong and how to fix it. */
  look: (env: NodeJS.ProcessEnv) => Promise<void>;
}

/** Runs the checks in this environment and prints a line for each. Returns the number of problems. */
export async function examine(checks: Check[], env: NodeJS.ProcessEnv): Promise<number> {
  const results = await Promise.all(
    checks.map(async ({ what, look }) => ({ what, problem: await problemOf(look(env)) })),
  );
  for (const { what, problem } of results)
    console.log(problem === undefined ? `ok       ${what}` : `problem  ${what}: ${problem}`);
  return results.filter(({ problem }) => problem !== undefined).length;
}

/** Prints the number of problems. With any, the process ends with exit code 1. */
export function conclude(problems: number): void {
  console.log(problems === 0 ? 'Nothing is wrong.' : `${problems} of the checks found a problem.`);
  if (problems > 0) process.exitCode = 1;
}

async function problemOf(look: Promise<void>): Promise<string | undefined> {
  try {
    await look;
    return undefined;
  } catch (error) {
    return (error as Error).message.replaceAll('\n', '\n           ');
  }
}
