/**
 * A remark for an operator about a complete answer. It holds names of fields and counts, and no data of the people in
 * the answer.
 */
export interface Remark {
  readonly type: RemarkType;
  /** The partner's name of the field; null if the remark is not about a field. */
  readonly field: string | null;
  /** The number of affected records. For `TotalDiffers`: the total that the answer states. For `AbsentSpared`: people. */
  readonly count: number | null;
}

interface RemarkEntry {
  /** What an operator can do about it. */
  readonly advice: string;
}

/** All kinds of remarks. */
export const REMARKS = {
  FieldNeverSent: {
    advice: 'Check fields and identity in partners.yaml: the name may be misspelled there.',
  },
  MorePages: {
    advice:
      'Records of other pages are not in the directory. Ask the partner for the whole list in one answer.',
  },
  TotalDiffers: {
    advice: 'Ask the partner whether the list is whole.',
  },
  ErrorsReported: {
    advice: 'Ask the partner what failed: the list may not be whole.',
  },
  HtmlEntities: {
    advice: 'The texts are stored as sent. Ask the partner to send plain text.',
  },
  AbsentSpared: {
    advice:
      'A rejected record may be about them. Ask the partner to correct the rejected records; the next sync without them marks absent people as left.',
  },
  PeopleSuppressed: {
    advice:
      'They were erased on request, so nothing of them is stored. Ask the partner to remove them from its list. `providers unerase` lets them come back.',
  },
  Mojibake: {
    advice: 'The texts are stored as sent. Ask the partner to check the encoding of its data.',
  },
} as const satisfies Record<string, RemarkEntry>;

export type RemarkType = keyof typeof REMARKS;

/** A remark as a sentence for its run. */
export function explainRemark(
  { type, field, count }: Remark,
  { received }: { readonly received: number },
): string {
  const records = `${(count ?? 0).toLocaleString('en')} record${count === 1 ? '' : 's'}`;
  switch (type) {
    case 'FieldNeverSent':
      return `partners.yaml names the field ${field}, which the partner has never sent.`;
    case 'MorePages':
      return `The answer says that there are more pages (${field}), but only this one was read.`;
    case 'TotalDiffers':
      return `The answer says that there ${count === 1 ? 'is' : 'are'} ${records} (${field}), but it held ${received.toLocaleString('en')}.`;
    case 'ErrorsReported':
      return `The answer reports errors beside its records (${field}).`;
    case 'HtmlEntities':
      return `${field} has HTML entities, such as &amp; for &, in ${records}.`;
    case 'AbsentSpared':
      return count === 1
        ? "1 person is missing from the partner's list, but is not marked as left."
        : `${(count ?? 0).toLocaleString('en')} people are missing from the partner's list, but are not marked as left.`;
    case 'PeopleSuppressed':
      return `${records} of erased people ${count === 1 ? 'was' : 'were'} left out.`;
    case 'Mojibake':
      return `${field} looks garbled in ${records}: its UTF-8 was read as another encoding, so that é became Ã©.`;
  }
}
