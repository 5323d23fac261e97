import { reachPartner } from '../../partner/call/reach-partner';
import type { Partner, Partners } from '../../partner/config/partner';
import { type CheckOutcome, checked } from './check';
import { type Finding, finding } from './finding';

const CONNECT_MS = 2_500;

/** Checks that each partner accepts a connection and, over TLS, has a valid certificate. One outcome per partner. */
export function checkPartners(partners: Partners): Promise<CheckOutcome[]> {
  return Promise.all([...partners.values()].map(checkPartner));
}

async function checkPartner(partner: Partner): Promise<CheckOutcome> {
  const { name, baseUrl } = partner;
  const found = await reachPartner(partner, AbortSignal.timeout(CONNECT_MS));
  if (!found) return checked('partners', `${name} at ${baseUrl} accepts connections`);
  const about = { severity: 'failing', partner: name, link: `/partners#${name}` } as const;
  const broken: Finding =
    found.kind === 'certificate'
      ? finding({
          ...about,
          code: 'partner-certificate-invalid',
          what: `${name} at ${baseUrl} has an invalid TLS certificate: ${found.reason}.`,
          since: found.since,
          advice:
            'Ask the partner to renew it. If you have your own certificate authority, set NODE_EXTRA_CA_CERTS.',
        })
      : finding({
          ...about,
          code: 'partner-unreachable',
          what: `${name} at ${baseUrl} cannot be reached (${found.reason}).`,
          advice: 'Check its baseUrl in partners.yaml, and the network.',
        });
  return checked('partners', broken.what, [broken]);
}
