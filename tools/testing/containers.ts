import { spawnSync } from 'node:child_process';

/** The two programs of a container engine, each with its first arguments. */
export interface ContainerEngine {
  docker: string[];
  compose: string[];
}

/** Finds the engine behind `docker`, or behind the program that DOCKER names. Throws an error that says how to get one. */
export function findEngine({ DOCKER: program = 'docker' }: NodeJS.ProcessEnv): ContainerEngine {
  const answers = ([name = '', ...args]: string[], ...more: string[]) =>
    spawnSync(name, [...args, ...more], { stdio: 'ignore' }).status === 0;
  if (!answers([program, 'info']))
    throw new Error(
      `There is no container engine: "${program} info" fails. Install Docker Engine with Compose and start it, or name another ` +
        'one: DOCKER=podman for its program, DOCKER_HOST for its address. Nothing was tested.',
    );
  const compose = [[program, 'compose'], ['docker-compose']].find((form) => answers(form, 'version'));
  if (!compose)
    throw new Error(`There is no Compose: neither "${program} compose" nor "docker-compose" answers.`);
  return { docker: [program], compose };
}
