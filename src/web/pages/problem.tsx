import { PageHead } from '../components/page-head';

export interface ProblemProps {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
}

/** What is shown instead of a page that cannot be. */
export function ProblemPage({ status, title, detail, requestId }: ProblemProps) {
  return (
    <div class="stack">
      <PageHead title={status === 404 ? 'There is nothing here' : title} lead={detail} />
      <p>
        <a class="button" href="/">
          To the overview
        </a>
      </p>
      <p class="muted">
        Error {status}, request <code>{requestId}</code>
      </p>
    </div>
  );
}
