import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { Config } from '#libs/config';
import { AppLogger } from './app-logger.js';
import { loggerOptions } from './logger-options.js';
import { TraceFlush } from './trace-flush.js';

@Module({})
export class LoggingModule {
  /** JSON lines on stdout. `service` names the process in every line. */
  static forRoot({ service }: { service: string }): DynamicModule {
    return {
      module: LoggingModule,
      providers: [TraceFlush, AppLogger],
      exports: [AppLogger],
      imports: [
        LoggerModule.forRootAsync({
          inject: [Config],
          useFactory: (config: Config) => ({
            pinoHttp: {
              ...loggerOptions(service, config.LOG_LEVEL),
              autoLogging: false,
              wrapSerializers: false,
            },
            // No middleware: it would cost every request a child logger and log the raw URL. See access-log.ts.
            forRoutes: [],
          }),
        }),
      ],
    };
  }
}
