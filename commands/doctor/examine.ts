export interface Check {
  what: string;
  /** Throws with what is wrong and how to fix it. */
  look: (env: NodeJS.ProcessEnv) => Promise<void>;
}

/** Makes the checks in this environment and prints a line for each. Returns how many found a problem. */
export async function examine(checks: Check[], env: NodeJS.ProcessEnv): Promise<number> {
  const results = await Promise.all(
    checks.map(async ({ what, look }) => ({ what, problem: await problemOf(look(env)) })),
  );
  for (const { what, problem } of results)
    console.log(problem === undefined ? `ok       ${what}` : `problem  ${what}: ${problem}`);
  return results.filter(({ problem }) => problem !== undefined).length;
}

/** Prints how many problems there are; with any the process ends with exit code 1. */
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
