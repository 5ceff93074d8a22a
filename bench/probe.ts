// The measured processes preload this file, which answers questions over the IPC channel. Unlike /proc/<pid>/stat, its figures
// exist on every system and count microseconds and not ticks of 10 ms; unlike node --cpu-prof, its profile omits the start.
import { Session } from 'node:inspector/promises';

/** Microseconds between two samples: a few dozen samples of each part of a request in a few seconds. */
const samplingInterval = 250;

let session: Session | undefined;

const answers: Record<string, () => unknown> = {
  usage: () => {
    const { user, system } = process.cpuUsage();
    return { cpuMicros: user + system, residentBytes: process.memoryUsage.rss() };
  },
  'profile-start': async () => {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: samplingInterval });
    await session.post('Profiler.start');
    return true;
  },
  'profile-stop': async () => {
    const stopped = await session?.post('Profiler.stop');
    session?.disconnect();
    return stopped?.profile;
  },
};

async function answer(question: string): Promise<void> {
  process.send?.(await answers[question]?.());
}

process.on('message', (question: string) => void answer(question));
