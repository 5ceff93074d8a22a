import { Injectable } from '@nestjs/common';
import { ProcessJob } from '#libs/queue';
import { rollUpSamples } from './ops.jobs.js';
import { SampleRollupService } from './sample-rollup.service.js';

@Injectable()
export class OpsProcessor {
  constructor(private readonly samples: SampleRollupService) {}

  @ProcessJob(rollUpSamples)
  rollUp({ signal }: { signal: AbortSignal }): Promise<void> {
    return this.samples.rollUp(signal);
  }
}
