import { WEBHOOK_EVENTS } from '../../contract/webhooks';
import type { Receiver } from '../../store/webhooks/read-receivers';
import { receiverState } from '../../store/webhooks/receiver-state';
import { Live } from '../components/live';
import { Empty, Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { GoodOrBad } from '../components/status';
import { Table } from '../components/table';
import { Time } from '../components/time';

export interface WebhooksProps {
  readonly receivers: readonly Receiver[];
  readonly canOperate: boolean;
  /** The address of the events that report changes of runs. */
  readonly events: string;
  /** Whether an operator has just requested that messages are sent again. */
  readonly isRequested: boolean;
}

/** The receivers of webhooks: what they get, whether they take it, and what waits. */
export function WebhooksPage({ receivers, canOperate, events, isRequested }: WebhooksProps) {
  return (
    <Live id="webhooks" url="/webhooks" events={events} every={10}>
      <PageHead title="Webhooks" lead="Other programs that get messages about what happens." />
      {isRequested && (
        <Notice tone="busy">
          <p>Requested. A worker does it as soon as it can, and this page shows the result.</p>
        </Notice>
      )}
      {receivers.length > 0 ? (
        <section class="card" aria-label="Receivers">
          <ReceiverTable receivers={receivers} canOperate={canOperate} />
          <p class="muted">
            A message that a receiver does not take is sent again for three days. Then it has failed. The
            button <em>Send again</em> sends the failed and waiting messages now, also to a receiver that
            wanted nothing more. <code>npx provider-sync webhooks show NAME</code> lists the messages of a
            receiver.
          </p>
        </section>
      ) : (
        <Empty title="No receiver">
          <p>
            Add one to <code>webhooks</code> in partners.yaml, and restart the workers.
          </p>
        </Empty>
      )}
    </Live>
  );
}

function ReceiverTable({ receivers, canOperate }: Pick<WebhooksProps, 'receivers' | 'canOperate'>) {
  return (
    <Table
      class="stacked"
      columns={[
        ...['Receiver', 'State', 'Gets', 'Last delivery', 'Messages'],
        ...(canOperate ? [[<span class="visually-hidden">Action</span>] as const] : []),
      ]}
    >
      <tbody>
        {receivers.map((receiver) => (
          <tr key={receiver.name}>
            <td class="whole">
              {receiver.name}
              <div class="muted">{receiver.host}</div>
            </td>
            <td data-label="State">
              <State receiver={receiver} />
            </td>
            <td class="partner" data-label="Gets">
              {receiver.events.length === WEBHOOK_EVENTS.length ? 'all events' : receiver.events.join(', ')}
              {receiver.partners && <div class="muted">of {receiver.partners.join(', ')}</div>}
            </td>
            <td class="nowrap" data-label="Last delivery">
              {receiver.lastDeliveredAt ? <Time at={receiver.lastDeliveredAt} alone /> : 'never'}
            </td>
            <td class="nowrap" data-label="Messages">
              {unsent(receiver)}
            </td>
            {canOperate && (
              <td class="nowrap">
                <SendAgain receiver={receiver} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** The numbers of messages that were not delivered, such as "1,200 waiting, 3 failed". */
function unsent({ waiting, failed }: Pick<Receiver, 'waiting' | 'failed'>): string {
  const counts = [
    waiting > 0 && `${waiting.toLocaleString('en')} waiting`,
    failed > 0 && `${failed.toLocaleString('en')} failed`,
  ];
  return counts.filter(Boolean).join(', ') || 'none waiting';
}

function SendAgain({ receiver }: { readonly receiver: Receiver }) {
  const { name, configured, disabledAt, waiting, failed } = receiver;
  if (!configured || (disabledAt === null && waiting + failed === 0)) return null;
  return (
    <form method="post" action={`/webhooks/${name}/replay`}>
      <button type="submit" id={`replay-${name}`} aria-label={`Send again to ${name}`}>
        Send again
      </button>
    </form>
  );
}

function State({ receiver }: { readonly receiver: Receiver }) {
  const { disabledAt, failingSince, failure, waiting } = receiver;
  const state = receiverState(receiver);
  if (state === 'removed') {
    return (
      <>
        <span class="muted">removed</span>
        {waiting > 0 && (
          <div class="muted">Its messages wait until it is configured again, for 30 days at most.</div>
        )}
      </>
    );
  }
  const since = disabledAt ?? failingSince;
  return (
    <>
      <GoodOrBad isGood={state === 'ok'}>{state}</GoodOrBad>
      {since !== null && (
        <div class="muted">
          {failure && <div>{failure}</div>}
          Began <Time at={since} alone />
        </div>
      )}
    </>
  );
}
