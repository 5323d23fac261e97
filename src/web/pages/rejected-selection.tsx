import { writeMessage } from '../../operations/rejected/write-message';
import type { RejectedGroup } from '../../store/directory/read-rejected-groups';
import type { StoredRejectedRecord } from '../../store/directory/read-rejected-records';
import type { Page } from '../../store/lists/cursor';
import { type RejectedRecordFilter, stateOf } from '../../store/lists/filters';
import type { Run } from '../../store/runs/run-row';
import { ListPage } from '../components/list-page';
import { Empty } from '../components/notice';
import { OutcomeNotice, REJECTED_NOTICES, type RejectedNoticeName } from '../components/outcome-notice';
import { PageHead } from '../components/page-head';
import { PartnerMessage } from '../components/partner-message';
import { Dismiss, type RejectedTarget, Reopen } from '../components/rejected-decision';
import { RejectedFilters } from '../components/rejected-filters';
import { GroupFacts } from '../components/rejected-groups';
import { RejectedRecords } from '../components/rejected-records';

export interface RejectedSelectionProps {
  readonly url: string;
  readonly query: RejectedRecordFilter;
  readonly page: Page<StoredRejectedRecord>;
  /** The group of the records; null if they are those of a run, or if there is no such group. */
  readonly group: RejectedGroup | null;
  /** The run of the records, if it can be replayed. */
  readonly replayable: Run | null;
  readonly partners: readonly string[];
  readonly canOperate: boolean;
  readonly notice: RejectedNoticeName | undefined;
}

/** Examples in the message to the partner. */
const EXAMPLES = 3;

/** The records of one group or of one run, with the decisions about all of them. */
export function RejectedSelectionPage(props: RejectedSelectionProps) {
  const { url, query, page, group, partners, canOperate, notice } = props;
  return (
    <div class="stack">
      <PageHead
        title={group ? group.problem : 'Rejected records of a run'}
        lead={group ? <GroupFacts group={group} /> : <RunLink query={query} />}
      />
      <OutcomeNotice notices={REJECTED_NOTICES} name={notice} />
      <RejectedFilters query={query} partners={partners} />
      <section id="rejected" class="card" aria-label="Rejected records">
        <ListPage
          url={url}
          query={{ ...query, state: stateOf(query) }}
          page={page}
          of="rejected records"
          download={{ path: '/api/v1/rejected-records', query }}
          empty={<Empty title="No rejected records match these filters" />}
        >
          {(items) => <RejectedRecords records={items} withRun canOperate={canOperate} ofGroup={group?.id} />}
        </ListPage>
      </section>
      {canOperate && <Decide {...props} />}
      {group && <PartnerMessage partner={group.partner} text={messageAbout(group, page.items)} />}
    </div>
  );
}

function RunLink({ query }: Pick<RejectedSelectionProps, 'query'>) {
  return query.runId === undefined ? null : <a href={`/runs/${query.runId}`}>Back to the run</a>;
}

/** The form that checks the records of a run again, as partners.yaml says now. */
function Retry({ run }: { readonly run: Run }) {
  return (
    <form method="post" action={`/runs/${run.id}/replay`} class="stack-small">
      <p>
        After a change of partners.yaml, a replay checks and stores the answer of this run again. The partner
        is not called.
      </p>
      <div class="actions">
        <button type="submit">Replay the run</button>
      </div>
    </form>
  );
}

/** The forms about all records, as far as the records of this page show that they are of use. */
function Decide({ query, page, group, replayable }: RejectedSelectionProps) {
  const target: RejectedTarget = group ? { group: group.id } : { runId: query.runId ?? '' };
  const what = group ? 'of this person and fault' : 'of this run';
  const isAny = (state: StoredRejectedRecord['state']) => page.items.some((record) => record.state === state);
  if (!isAny('open') && !isAny('dismissed')) return null;
  return (
    <section class="card stack-small" aria-labelledby="decide-all">
      <h2 id="decide-all">Decide about all of them</h2>
      {isAny('open') && replayable && <Retry run={replayable} />}
      {isAny('open') && <Dismiss target={target} label={`Dismiss all open records ${what}`} />}
      {isAny('dismissed') && <Reopen target={target} label={`Reopen all dismissed records ${what}`} />}
    </section>
  );
}

function messageAbout({ problem, count }: RejectedGroup, records: readonly StoredRejectedRecord[]): string {
  const examples = records
    .slice(0, EXAMPLES)
    .map(({ createdAt, record, raw }) => ({ at: createdAt, record, raw }));
  return writeMessage([{ problem, count, examples }]);
}
