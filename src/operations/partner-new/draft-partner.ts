import { stringify } from 'yaml';
import type { Partner } from '../../partner/config/partner';
import { parsePartners } from '../../partner/config/partners-file';
import { draftEntry } from './draft-entry';
import { type Format, LOOKED_AT, lookAtAnswer } from './look-at-answer';
import { type Asked, writeEntry } from './write-entry';

/** More than what is looked at, so that a longer answer is no failure. */
const MOST_BYTES = 2 * LOOKED_AT;

/**
 * Drafts a partners.yaml with one entry from one answer of the partner. It makes one call.
 *
 * @param env the variables that the address and the headers name; the draft keeps their names
 * @throws PartnerFailure if the answer is not good, or has no records
 * @throws ExpectedError if the address or a header is wrong
 */
export async function draftPartner(
  asked: Asked,
  { format, env }: { readonly format?: Format | undefined; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const partner = readAsked(asked, env);
  const answer = await lookAtAnswer(partner, format);
  const { searchParams } = new URL(`${partner.baseUrl}${partner.providers.path}`);
  return writeEntry(asked, draftEntry(answer, searchParams));
}

/** The request as an entry, with the values of its variables. */
function readAsked({ name, baseUrl, path, headers }: Asked, env: NodeJS.ProcessEnv): Partner {
  const entry = {
    baseUrl,
    maxBytes: MOST_BYTES,
    providers: { path, headers },
    fields: { familyName: 'any' },
    optional: ['givenName'],
    identity: ['any'],
    feed: 'sample',
  };
  const text = stringify({ partners: { [name]: entry } });
  return parsePartners(text, env, 'The request').get(name) as Partner;
}
