import type { ComparedFact, ComparedFacts } from '../../store/runs/compare-runs';
import { explainDifference, shownValue } from '../../store/runs/explain-compared';
import type { RunWithCalls } from '../../store/runs/read-runs';
import { Icon } from '../components/icon';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { Status } from '../components/status';
import { Table } from '../components/table';
import { ExactTime } from '../components/time';

export interface ComparedRunsProps {
  readonly a: RunWithCalls;
  readonly b: RunWithCalls;
  readonly compared: readonly ComparedFacts[];
  /** Whether equal facts are left out. */
  readonly isBrief: boolean;
}

/** Two runs beside each other. Differences are marked with a word and a shape. */
export function ComparedRuns({ a, b, compared, isBrief }: ComparedRunsProps) {
  const differences = compared.flatMap(({ facts }) => facts).filter(({ isDifferent }) => isDifferent).length;
  const address = `/runs/compare?a=${a.id}&b=${b.id}`;
  return (
    <div class="stack">
      <PageHead title="Two runs compared" lead={<Lead a={a} b={b} differences={differences} />}>
        <a class="button" id="only" href={isBrief ? address : `${address}&only=differences`}>
          {isBrief ? 'Show all facts' : 'Show differences only'}
        </a>
      </PageHead>
      {a.partner !== b.partner && (
        <Notice tone="warn">
          <p>These are runs of two partners.</p>
        </Notice>
      )}
      <section class="card" aria-label="The runs">
        <Table
          class="two-runs"
          columns={[
            [<span class="visually-hidden">Fact</span>, 'corner'],
            [<Heading run={a} name="Run A" />],
            [<Heading run={b} name="Run B" />],
            ['Difference', 'wide'],
          ]}
        >
          {compared.map(({ title, facts }) => (
            <Facts
              key={title}
              title={title}
              facts={facts.filter(({ isDifferent }) => isDifferent || !isBrief)}
            />
          ))}
        </Table>
      </section>
    </div>
  );
}

function Lead({ a, b, differences }: Pick<ComparedRunsProps, 'a' | 'b'> & { readonly differences: number }) {
  const partners = a.partner === b.partner ? a.partner : `${a.partner} and ${b.partner}`;
  const count = differences === 1 ? '1 fact differs' : `${differences} facts differ`;
  return <>{`Syncs of ${partners}. ${count}.`}</>;
}

function Heading({ run, name }: { readonly run: RunWithCalls; readonly name: string }) {
  return (
    <>
      {name}
      <br />
      <a id={`run-${run.id}`} href={`/runs/${run.id}`}>
        <ExactTime at={run.startedAt} />
      </a>
      <br />
      <Status status={run.status} />
    </>
  );
}

function Facts({ title, facts }: ComparedFacts) {
  if (facts.length === 0) return null;
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={4}>
          {title}
        </th>
      </tr>
      {facts.map((fact) => (
        <tr key={fact.label} class={fact.isDifferent ? 'differs' : ''}>
          <th scope="row">{fact.label}</th>
          <td>{sideOf(fact, 'a')}</td>
          <td>
            {sideOf(fact, 'b')}
            <div class="narrow">
              <Difference fact={fact} />
            </div>
          </td>
          <td class="wide">
            <Difference fact={fact} />
          </td>
        </tr>
      ))}
    </tbody>
  );
}

function sideOf(fact: ComparedFact, side: 'a' | 'b') {
  const value = fact[side];
  if (fact.kind === 'time' && typeof value === 'string') return <ExactTime at={value} />;
  return shownValue(fact, side);
}

function Difference({ fact }: { readonly fact: ComparedFact }) {
  const text = explainDifference(fact);
  if (!text) return null;
  return fact.isDifferent ? (
    <strong class="difference">
      <Icon name="unequal" />
      {text}
    </strong>
  ) : (
    <span class="muted">{text}</span>
  );
}
