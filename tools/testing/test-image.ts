/**
 * Builds the image and drives the compose stack: the engine's own health checks, the story of a user, every command that ships, a
 * database that moves, a worker that dies, a stop.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { command } from '../../commands/support/command.js';
import { findEngine } from './containers.js';
import { ImageStack, testedImage } from './image-stack.js';
import { runLongTests } from './long-tests.js';

const line = {
  name: 'npm run test:image',
  does: 'Builds the image and drives the compose stack with a container engine. DOCKER names its program when that is not docker.',
};

await command(line, async () => {
  const engine = findEngine(process.env);
  await build(engine.docker);
  const stack = await ImageStack.prepare(engine);
  try {
    await runLongTests(['test/image'], [], { TEST_STACK: JSON.stringify(stack.place) });
  } finally {
    await stack.remove();
    await stack.docker('image', 'rm', testedImage);
  }
});

async function build([program = '', ...args]: string[]): Promise<void> {
  const building = spawn(program, [...args, 'build', '--tag', testedImage, '.'], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => building.kill(signal));
  const [code] = (await once(building, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The image could not be built; the reason stands above.');
}
