import { PageHead } from '../components/page-head';

export interface ProblemProps {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
}

/** The page of an error. */
export function ProblemPage({ status, title, detail, requestId }: ProblemProps) {
  return (
    <div class="stack">
      <PageHead title={status === 404 ? 'This page does not exist' : title} lead={detail} />
      <p>
        <a class="button" href="/">
          Go to the overview
        </a>
      </p>
      <p class="muted">
        Error {status}, request <code>{requestId}</code>
      </p>
    </div>
  );
}
