import { checkPartner, type PartnerCheck } from '../operations/partner-check/check-partner';
import type { Partner } from '../partner/config/partner';
import { readVariables } from '../partner/config/partners-file';
import { needsToken } from '../partner/config/request-scope';
import type { BaseConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { outside } from '../process/outside';
import { readStoredPartner, type StoredPartner } from '../store/directory/compare-with-stored';
import { formatCheck } from './format-check';
import { createProgress, say, writeJson } from './output';
import { withStore } from './with-store';

export interface CheckOptions {
  readonly pages: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `partners check NAME`: calls the partner as a sync does, and writes nothing. */
export async function checkOnePartner(
  partner: Partner,
  { partnersFile, env }: Pick<BaseConfig, 'partnersFile' | 'env'>,
  { pages, force = false, json = false }: CheckOptions,
): Promise<void> {
  const variables = readVariables(partnersFile, env);
  const progress = createProgress();
  const check = await withDirectory(partner.name, (store) => {
    if (!force) refuseWhileRunning(partner, store);
    progress.show(`Calling ${partner.name}`);
    return checkPartner(partner, { pages, variables, store });
  }).finally(progress.end);
  if (json) writeJson(check);
  else say(formatCheck(check));
  outside().exitCode = check.failure || check.unusable !== null ? EXIT.failed : EXIT.done;
}

type Store = Parameters<typeof checkPartner>[1]['store'];

/** Without the directory if it cannot be read: the partner can be checked all the same. */
async function withDirectory(
  partner: string,
  check: (store: Store) => Promise<PartnerCheck>,
): Promise<PartnerCheck & { readonly directoryUnavailable: string | null }> {
  let isOpen = false;
  try {
    const compared = await withStore(async (dataSource) => {
      const stored = await readStoredPartner(dataSource, partner);
      isOpen = true;
      return check({ dataSource, stored });
    });
    return { ...compared, directoryUnavailable: null };
  } catch (error) {
    if (isOpen || !(error instanceof ExpectedError)) throw error;
    const [reason = ''] = error.message.split('\n').slice(-1);
    return { ...(await check(null)), directoryUnavailable: reason.trim() };
  }
}

function refuseWhileRunning(partner: Partner, store: Store): void {
  const running: StoredPartner['runningWorkflowId'] | undefined = store?.stored.runningWorkflowId;
  if (!running) return;
  const reason = needsToken(partner)
    ? 'A check gets a new token, which can invalidate the token of that sync'
    : 'A check makes more calls';
  throw new ExpectedError(
    `A sync of ${partner.name} is running (${running}). ${reason}. Wait for it to finish, or use --force.`,
  );
}
