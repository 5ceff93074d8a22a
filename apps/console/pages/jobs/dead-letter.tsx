import { client, dataOf } from '../../data/client.js';
import { navigate } from '../../data/location.js';
import { useResource } from '../../data/resource.js';
import { count } from '../../data/words.js';
import { Icon } from '../../ui/icon.js';
import { Json } from '../../ui/json.js';
import { A, Fact, Facts, Id, LoadState, Section, Subject, Time } from '../../ui/parts.js';
import { Trace } from '../../ui/trace.js';
import { DeadLetterActions } from './dead-letter-actions.js';

/** One dead letter. When it is redriven, the reader goes on to the job, or to the list where no job can be watched. */
export function DeadLetter({ id }: { id: string }) {
  const letter = useResource(`dead letter ${id}`, async () =>
    dataOf(await client.GET('/v1/dead-letters/{id}', { params: { path: { id } } })),
  );
  const { data } = letter;
  if (!data) return <LoadState of={letter} />;
  const job = data.links.job?.split('/').at(-1);
  return (
    <>
      <Subject name={data.name}>
        <DeadLetterActions id={id} onDone={() => navigate(job ? `/jobs/${job}` : '/dead-letters')} />
      </Subject>
      <div class="banner bad">
        <Icon name="bad" />
        <p>
          {data.detail || 'It failed without a detail.'}{' '}
          <a href={`/problems/${data.code}`} target="_blank" rel="noreferrer">
            {data.code}
          </a>
        </p>
      </div>
      <Section title="Facts">
        <Facts>
          <Fact name="Id" isWide>
            <code>{id}</code>
          </Fact>
          <Fact name="Queue">
            <A to={`/dead-letters?queue=${data.queue}`}>{data.queue}</A>
          </Fact>
          <Fact name="Attempts">{count(data.attempts)}</Fact>
          <Fact name="Enqueued">
            <Time at={data.enqueued_at} exact />
          </Fact>
          <Fact name="Died">
            <Time at={data.died_at} exact />
          </Fact>
          <Fact name="Owner">
            {data.owner_id ? <Id of={data.owner_id} to={`/users/${data.owner_id}`} /> : '–'}
          </Fact>
          <Fact name="Job">{job ? <Id of={job} to={`/jobs/${job}`} /> : 'Nobody can watch it'}</Fact>
          <Fact name="Request" isWide>
            {data.request_id ? <code>{data.request_id}</code> : '–'}
          </Fact>
          <Fact name="Trace">{data.trace_id ? <Trace id={data.trace_id} url={data.trace_url} /> : '–'}</Fact>
          <Fact name="Can be edited">{data.editable.join(', ') || 'Nothing'}</Fact>
        </Facts>
      </Section>
      <Json name="Payload, secrets hidden" value={data.payload} />
    </>
  );
}
