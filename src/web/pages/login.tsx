import { Notice } from '../components/notice';

export interface LoginProps {
  /** Where to go on to. */
  readonly next: string;
  readonly hasFailed: boolean;
}

/** People log in with the same tokens that programs send. */
export function Login({ next, hasFailed }: LoginProps) {
  return (
    <section class="card login stack-small" aria-labelledby="login">
      <h1 id="login">Log in</h1>
      <p class="muted">With an access token. Whoever runs Provider Sync can make one for you.</p>
      {hasFailed && (
        <Notice tone="bad">
          <p id="login-failed" role="alert">
            This token is not known. Look whether all of it was copied.
          </p>
        </Notice>
      )}
      <form method="post" action="/login">
        <input type="hidden" name="next" value={next} />
        <div class="field">
          <label for="token">Token</label>
          <input
            id="token"
            type="password"
            name="token"
            required
            aria-invalid={hasFailed || undefined}
            aria-describedby={hasFailed ? 'login-failed' : undefined}
            autocomplete="current-password"
            maxLength={200}
          />
        </div>
        <button type="submit" class="primary">
          Log in
        </button>
      </form>
    </section>
  );
}
