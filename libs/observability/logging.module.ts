import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { Config } from '#libs/config';
import { AppLogger } from './app-logger.js';
import { LogLevel } from './log-level.js';
import { logOutput } from './log-output.js';
import { loggerOptions } from './logger-options.js';
import { resourceOf } from './resource.js';
import { logStatements } from './statement-log.js';
import { TelemetryFlusher } from './telemetry-flusher.js';

@Module({})
export class LoggingModule {
  /** Writes JSON lines to stdout, and lines for people where that is a terminal. `app` is `api` or `worker`. */
  static forRoot({ app }: { app: string }): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      providers: [
        TelemetryFlusher,
        AppLogger,
        {
          provide: LogLevel,
          inject: [Config, PinoLogger],
          useFactory: (config: Config, { logger }: PinoLogger) => {
            logStatements(logger);
            return new LogLevel(logger, config.LOG_LEVEL);
          },
        },
      ],
      exports: [AppLogger, LogLevel],
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
