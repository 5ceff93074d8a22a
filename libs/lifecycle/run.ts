import type { INestApplication } from '@nestjs/common';
import { type Config, ConfigInvalid, loadConfig, misspelt } from '#libs/config';
import { AppLogger } from '#libs/observability';

/** Milliseconds on top of hold and drain: aborted jobs (2 s), spans (3 s), queues and pools close after them. */
const stopGraceMs = 8000;

/**
 * Starts a process and sees to its end: SIGTERM and SIGINT stop it in order with exit code 0, a second signal at
 * once. A wrong configuration and a port in use end it with a sentence that says what to do.
 */
export async function run(
  boot: (config: Config) => Promise<INestApplication>,
  portOf: (config: Config) => number,
): Promise<void> {
  const config = configOrExit();
  // No work has begun yet, so there is nothing to finish; but process 1 of a container ignores a signal without a listener.
  const leave = () => process.exit(0);
  process.once('SIGTERM', leave).once('SIGINT', leave);
  const app = await boot(config);
  process.off('SIGTERM', leave).off('SIGINT', leave);
  const logger = app.get(AppLogger);
  app.useLogger(logger);
  app.flushLogs();
  for (const sentence of misspelt(process.env).values()) logger.warn(sentence);
  stopOnSignals(app, config, logger);
  const port = portOf(config);
  try {
    await app.listen(port, config.HOST);
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    logger.fatal(inUse ? `Port ${port} is in use. Stop what uses it, or choose another port.` : error);
    process.exit(1);
  }
  logger.log(`listening on ${await app.getUrl()}`);
}

function configOrExit(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function stopOnSignals(app: INestApplication, config: Config, logger: AppLogger): void {
  let isStopping = false;
  const stop = (reason: string, exitCode: number) => {
    if (isStopping) process.exit(exitCode || 1);
    isStopping = true;
    logger.log(`stopping: ${reason}`);
    const limitMs = config.SHUTDOWN_HOLD_MS + config.SHUTDOWN_DRAIN_MS + stopGraceMs;
    setTimeout(() => {
      logger.fatal(`not stopped after ${limitMs} ms: ending the process`);
      process.exit(1);
    }, limitMs).unref();
    app.close().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        logger.error(error, 'the stop failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM', 0));
  process.on('SIGINT', () => stop('SIGINT', 0));
  // A launcher that started us with a channel and is gone cannot stop us any more.
  process.once('disconnect', () => stop('the launcher is gone', 0));
  // Nobody knows what state such an error leaves behind: stop in order and let a fresh process take over.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal(error, event);
      stop(event, 1);
    });
  }
}
