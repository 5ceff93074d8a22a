import { client, dataOf } from '../../data/client.js';
import { useResource } from '../../data/resource.js';

/** The values of the filter by queue. Without them the filter is only shorter. */
export function useQueueNames(): readonly string[] {
  const { data } = useResource('queue names', async () => dataOf(await client.GET('/v1/queues')).data);
  return data?.map(({ name }) => name) ?? [];
}
