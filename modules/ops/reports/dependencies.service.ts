import { Injectable } from '@nestjs/common';
import { SampleReader } from '../samples/sample-reader.js';
import { meanOf } from './report-math.js';
import type { Point } from '../samples/sample.js';

const metric = 'mainstay.dependency';

/** Seconds of the history, and of one of its steps. */
const seconds = 86_400;
const stepSeconds = 900;

/** Shows what the processes need, as their own checks see it. */
@Injectable()
export class DependenciesService {
  constructor(private readonly samples: SampleReader) {}

  async list() {
    const samples = await this.samples.read({ metrics: [metric], seconds, resolution: '1m' });
    const looks = samples.flatMap(({ at, app, points }) =>
      (points[metric] ?? []).map((point) => ({ at, app, point, name: point.a[0] ?? '' })),
    );
    return [...Map.groupBy(looks, ({ app, name }) => `${app} ${name}`).values()].map((own) => {
      const { app, name } = own[0]!;
      const up = own.map(({ at, point }) => ({ at, up: shareOf([point]) }));
      const state = stateOf(up.at(-1)!.up);
      const change = up.findLastIndex((look) => stateOf(look.up) !== state);
      const steps = Map.groupBy(own, ({ at }) => Math.floor(at.getTime() / (stepSeconds * 1000)));
      return {
        name,
        app,
        state,
        since: change === -1 ? null : (up[change + 1]?.at ?? null),
        history: [...steps].map(([step, of]) => ({
          at: new Date(step * stepSeconds * 1000),
          up: shareOf(of.map(({ point }) => point)),
        })),
      };
    });
  }
}

const shareOf = (points: Point[]) => meanOf(points) ?? 0;

/** A check that is degraded counts half. */
function stateOf(up: number): 'up' | 'degraded' | 'down' {
  if (up >= 0.75) return 'up';
  return up >= 0.25 ? 'degraded' : 'down';
}
