import type { components } from '#libs/client';
import { client, dataOf } from './client.js';
import { query } from './location.js';

type Schemas = components['schemas'];
export type Card = Schemas['OpsCard'];
export type Instance = Schemas['OpsInstance'];
export type Point = Schemas['OpsPoint'];
export type Series = Schemas['OpsSeries'];
export type RouteFigures = Schemas['OpsRoute'];
export type JobFigures = Schemas['OpsJob'];
export type DatabaseFigures = Schemas['OpsDatabase'];
export type ProcessFigures = Schemas['OpsProcess'];
export type Dependency = Schemas['OpsDependency'];

export const periods = ['15m', '1h', '6h', '24h', '7d'] as const;
export type Period = (typeof periods)[number];

/** The period of the address, for every page with figures. */
export const period = (): Period => periods.find((name) => name === query.value.get('period')) ?? '1h';

/** Which lines of a metric: those of one process each, or all as one. */
export interface Lines {
  by?: string;
  route?: string;
}

export const getSeries = async (metric: string, lines: Lines): Promise<Series> =>
  dataOf(await client.GET('/v1/ops/series', { params: { query: { metric, period: period(), ...lines } } }));
