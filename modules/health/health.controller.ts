import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { SkipThrottle } from '@nestjs/throttler';
import { ZodResponse } from 'nestjs-zod';
import { findPrincipal, Public } from '#libs/access';
import { LifecycleService } from '#libs/lifecycle';
import { type HealthCheck, healthChecks } from './health-check.js';
import { NotReady, StatusView } from './health.contract.js';

const forProbes = 'probes carry no credentials';

// A refused probe would take a healthy process out of service.
@SkipThrottle()
@ApiTags('health')
@Controller('health')
export class HealthController {
  #hasStarted = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly lifecycle: LifecycleService,
    @Inject(healthChecks) private readonly checks: HealthCheck[],
  ) {}

  /** Reports whether the event loop answers. It checks nothing else, because a restart fixes no database. */
  @Get('live')
  @Public(forProbes)
  @ApiOperation({ operationId: 'getLiveness', summary: 'Report whether the process answers' })
  @ZodResponse({ status: 200, type: StatusView })
  live() {
    return { status: 'ok' as const };
  }

  @Get('ready')
  @Public(forProbes, { recognise: true })
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Report whether the process should get requests now',
  })
  @ZodResponse({ status: 200, type: StatusView })
  async ready() {
    // Terminus would also answer every check with 503 while the process stops, but it must not run the checks then.
    if (this.lifecycle.isDraining) throw new NotReady('The process is stopping.');
    const { status, details } = await this.#run();
    const mayKnow = findPrincipal()?.permissions.has('ops:read') ?? false;
    if (status === 'error' || status === 'shutting_down') {
      throw new NotReady(mayKnow ? summaryOf(details) : undefined);
    }
    this.#hasStarted = true;
    return { status, ...(mayKnow && { checks: details }) };
  }

  /** Works like `ready` until it succeeds once, and then always succeeds: later failures are for readiness to report. */
  @Get('startup')
  @Public(forProbes)
  @ApiOperation({ operationId: 'getStartup', summary: 'Report whether the process has started' })
  @ZodResponse({ status: 200, type: StatusView })
  async startup() {
    return this.#hasStarted ? { status: 'ok' as const } : this.ready();
  }

  async #run(): Promise<Pick<HealthCheckResult, 'status' | 'details'>> {
    try {
      return await this.health.check(this.checks.map((check) => () => check.check()));
    } catch (error) {
      // Terminus throws its result when a dependency is down.
      const result = (error as { getResponse?: () => HealthCheckResult }).getResponse?.();
      if (!result?.details) throw error;
      return result;
    }
  }
}

function summaryOf(details: HealthCheckResult['details']): string {
  return Object.entries(details ?? {})
    .map(([name, { status }]) => `${name} is ${status}`)
    .join(', ');
}
