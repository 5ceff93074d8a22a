import type { Names } from '../names.js';

export function processor({ module, many, Many, One }: Names): string {
  return `import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#libs/queue';
import { prepare${One} } from './${module}.jobs.js';
import { ${Many}Service } from './${module}.service.js';

@Injectable()
export class ${Many}Processor {
  constructor(private readonly ${many}: ${Many}Service) {}

  @ProcessJob(prepare${One})
  prepare({ data }: JobRun<{ id: string }>) {
    return this.${many}.prepare(data.id);
  }
}
`;
}

export function nestModules({ module, Many, words }: Names): string {
  return `import { Module } from '@nestjs/common';
import { PaginationModule } from '#libs/pagination';
import { QueueModule } from '#libs/queue';
import { ${Many}Controller } from './${module}.controller.js';
import { ${Many}Processor } from './${module}.processor.js';
import { ${Many}Service } from './${module}.service.js';

/** The verbs of ${words.many}: for every process. It is not exported before a neighbour needs it. */
@Module({
  imports: [QueueModule, PaginationModule],
  providers: [${Many}Service],
  exports: [${Many}Service],
})
class ${Many}Module {}

/** The routes: for the API. */
@Module({ imports: [${Many}Module], controllers: [${Many}Controller] })
export class ${Many}HttpModule {}

/** The jobs: for the worker. */
@Module({ imports: [${Many}Module], providers: [${Many}Processor] })
export class ${Many}WorkerModule {}
`;
}

export function publicApi({ module, Many }: Names): string {
  return `export { ${Many}HttpModule, ${Many}WorkerModule } from './${module}.module.js';
`;
}
