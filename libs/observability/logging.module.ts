import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { Config } from '#libs/config';
import { AppLogger } from './app-logger.js';
import { logOutput } from './log-output.js';
import { loggerOptions } from './logger-options.js';
import { resourceOf } from './resource.js';
import { TelemetryFlusher } from './telemetry-flusher.js';

@Module({})
export class LoggingModule {
  /** Writes JSON lines to stdout, and lines for people where that is a terminal. `app` is `api` or `worker`. */
  static forRoot({ app }: { app: string }): DynamicModule {
    return {
      module: LoggingModule,
      providers: [TelemetryFlusher, AppLogger],
      exports: [AppLogger],
      imports: [
        LoggerModule.forRootAsync({
          inject: [Config],
          useFactory: (config: Config) => ({
            pinoHttp: {
              ...loggerOptions(resourceOf(app), config.LOG_LEVEL),
              autoLogging: false,
              wrapSerializers: false,
              ...(process.stdout.isTTY && { stream: terminal() }),
            },
            // The middleware would cost every request a child logger and log the raw URL, so no route has it. See access-log.ts.
            forRoutes: [],
          }),
        }),
      ],
    };
  }
}

function terminal() {
  const write = logOutput(process.stdout);
  return { write: (line: string) => write(line.trimEnd()) };
}
