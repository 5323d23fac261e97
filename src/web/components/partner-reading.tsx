import type { ComponentChildren } from 'preact';
import type { PartnerView } from '../../operations/describe-partners';
import type { DescribedRequest, PartnerReading } from '../../operations/describe-reading';
import { shareInWords } from '../../partner/config/values';
import { Table } from './table';

const FEEDS: Readonly<Record<PartnerView['feed'], string>> = {
  sample: 'partial list; people missing from it are kept',
  snapshot: 'full list; people missing from it are marked as left',
  changes: 'changes since the last good run; people missing from it are kept',
};
const AUTHENTICATION: Readonly<Record<PartnerReading['authentication']['kind'], string>> = {
  token: 'A token from',
  oauth: 'OAuth 2.0 client credentials from',
  basic: 'HTTP Basic',
  none: 'none',
};
const FORMATS: Readonly<Record<PartnerReading['format'], string>> = {
  json: 'JSON',
  ndjson: 'NDJSON, one record a line',
  csv: 'CSV with a header row',
  lines: 'text, one record a line',
};
const PAGING: Readonly<Record<PartnerReading['paging'], string>> = {
  none: 'one',
  link: 'by the link in each answer',
  header: 'by the Link header of each answer',
  cursor: 'by the cursor in each answer',
  page: 'by number',
  offset: 'by the number of records so far',
};
const OURS = [
  ['givenName', 'Given name'],
  ['familyName', 'Family name'],
  ['title', 'Title'],
  ['clinic', 'Clinic'],
] as const;

/** How a partner is read: its requests, its answers, and our fields in its records. */
export function Reading({ partner }: { readonly partner: PartnerView }) {
  const { name, reading } = partner;
  return (
    <div class="split">
      <div>
        <h3 class="chart-title">How it is read</h3>
        <dl class="facts">
          <dt>Authentication</dt>
          <dd>
            {AUTHENTICATION[reading.authentication.kind]}{' '}
            {reading.authentication.request && <Request request={reading.authentication.request} />}
          </dd>
          <dt>Request</dt>
          <dd>
            <Request request={reading.request} />
          </dd>
          <dt>Answer</dt>
          <dd>
            {FORMATS[reading.format]}
            {reading.encoding !== null && ` in ${reading.encoding}`}
            {reading.records !== null && (
              <>
                , the list at <code>{reading.records}</code>
              </>
            )}
          </dd>
          <dt>Pages</dt>
          <dd>
            {PAGING[reading.paging]}
            {reading.pageInBody !== null && (
              <>
                , in the body at <code>{reading.pageInBody}</code>
              </>
            )}
          </dd>
          <dt>Feed</dt>
          <dd>{FEEDS[partner.feed]}</dd>
          <dt>Identified by</dt>
          <dd>
            <Codes texts={partner.identity} />
          </dd>
          {reading.departed !== null && (
            <>
              <dt>Marked as left if</dt>
              <dd>
                <code>{reading.departed}</code> is true
              </dd>
            </>
          )}
          {reading.ignore.length > 0 && (
            <>
              <dt>Not kept</dt>
              <dd>
                <Codes texts={reading.ignore} />
              </dd>
            </>
          )}
          <dt>Limits</dt>
          <dd>
            <Limits reading={reading} />
          </dd>
        </dl>
      </div>
      <Fields name={name} reading={reading} />
    </div>
  );
}

function Request({ request }: { readonly request: DescribedRequest }) {
  const { method, path, parameters, headers } = request;
  return (
    <>
      <code>
        {method} {path}
      </code>
      {parameters.length > 0 && (
        <Named one="parameter" several="parameters">
          {parameters}
        </Named>
      )}
      {headers.length > 0 && (
        <Named one="header" several="headers">
          {headers}
        </Named>
      )}
    </>
  );
}

interface NamedProps {
  readonly one: string;
  readonly several: string;
  readonly children: readonly string[];
}

function Named({ one, several, children }: NamedProps) {
  return (
    <>
      , {children.length === 1 ? one : several} <Codes texts={children} />
    </>
  );
}

function Codes({ texts }: { readonly texts: readonly string[] }) {
  return texts.map((text, index) => (
    <>
      {index > 0 && ', '}
      <code>{text}</code>
    </>
  ));
}

function Limits({ reading }: { readonly reading: PartnerReading }) {
  const { maxBytes, maximumCount, maximumPages, maximumDeparted } = reading.limits;
  const limits = [
    `${bytes(maxBytes)}${reading.paging === 'none' ? '' : ' a page'}`,
    `${maximumCount.toLocaleString('en')} records`,
    ...(reading.paging === 'none' ? [] : [`${maximumPages.toLocaleString('en')} pages`]),
    ...(maximumDeparted === null ? [] : [`${shareInWords(maximumDeparted)} may leave without approval`]),
  ];
  return <>At most {limits.join(', ')}</>;
}

/** For example `4 MiB`. */
function bytes(count: number): string {
  const [size, unit] = count >= 2 ** 20 ? [2 ** 20, 'MiB'] : [2 ** 10, 'KiB'];
  return `${(count / size).toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`;
}

interface FieldsProps {
  readonly name: string;
  readonly reading: PartnerReading;
}

function Fields({ name, reading }: FieldsProps) {
  return (
    <Table label={`Fields of ${name}`} columns={['Our field', 'Their field']}>
      <tbody>
        {OURS.map(([field, label]) => (
          <tr key={field}>
            <td class="nowrap">{label}</td>
            <td>{sourceOf(reading, field)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function sourceOf(
  { fields, constants, optional }: PartnerReading,
  field: (typeof OURS)[number][0],
): ComponentChildren {
  if (constants[field] !== undefined) return <>always “{constants[field]}”</>;
  if (fields[field] === undefined) return <span class="muted">not sent</span>;
  const mayLack = (optional as readonly string[]).includes(field);
  return (
    <>
      <code>{fields[field]}</code>
      {mayLack && <span class="muted"> optional</span>}
    </>
  );
}
