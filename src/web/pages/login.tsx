import { Notice } from '../components/notice';

export interface LoginProps {
  /** The page to open after the login. */
  readonly next: string;
  readonly hasFailed: boolean;
}

/** The login form. People log in with the same tokens that programs send. */
export function Login({ next, hasFailed }: LoginProps) {
  return (
    <section
      class="card login stack-small"
      aria-labelledby="login"
      data-back={hasFailed ? `/login?next=${encodeURIComponent(next)}` : undefined}
    >
      <h1 id="login">Log in</h1>
      <p class="muted">You need an access token. An operator of Provider Sync can create one for you.</p>
      {hasFailed && (
        <Notice tone="bad">
          <p id="login-failed" role="alert">
            This token is unknown. Check that you copied the whole token.
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
