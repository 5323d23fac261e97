import { PageHead } from '../components/page-head';
import type { ProblemInWords } from '../problem-in-words';

export interface ProblemProps extends ProblemInWords {
  readonly status: number;
  readonly requestId: string;
}

/** The page of an error. While it waits for a service, a script loads it again as soon as the service responds. */
export function ProblemPage({ status, title, detail, waitsFor, back, requestId }: ProblemProps) {
  return (
    <div class="stack" data-waits-for={waitsFor} data-back={back}>
      <PageHead title={title} lead={detail} />
      <p class="actions">
        {back && (
          <a class="button" href={back}>
            Go back
          </a>
        )}
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
