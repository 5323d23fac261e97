/** A phrase that plain English avoids, and its replacement. CONTRIBUTING.md has the style page. */
export interface Idiom {
  /** A space in the pattern also matches a line break inside a comment. */
  readonly pattern: string;
  readonly instead: string;
}

/** The list grows when a reader stumbles; it holds idioms only, no matters of taste. */
export const IDIOMS: readonly Idiom[] = [
  { pattern: 'who(?:so|m)?ever', instead: 'the caller, the user, anyone who' },
  { pattern: 'whom', instead: 'who, that, or another sentence' },
  { pattern: '(?:some|any|every)body', instead: 'a person, an operator, everyone' },
  // In quotes it is a name in a test; the user nobody is that of the operating system.
  { pattern: `(?<!['"]|user )nobody(?!['"])`, instead: 'no one, none' },
  { pattern: '(?:go|goes|going|went|gone) on', instead: 'is running, continues' },
  { pattern: '(?:to be|be|been|is|are|was|were) had', instead: 'available' },
  { pattern: 'told', instead: 'reported, shown, notified' },
  { pattern: 'tells', instead: 'reports, shows' },
  { pattern: 'but for', instead: 'except' },
  { pattern: 'so (?:many|much)', instead: 'at most N, this many' },
  { pattern: 'of late', instead: 'recently' },
  { pattern: '(?:is|are|was|were|still) at it', instead: 'is running' },
  { pattern: 'as hoped', instead: 'failed' },
  { pattern: 'no good (?:answer|run)', instead: 'failed, no successful run' },
  {
    pattern: '(?:came|comes|come|becomes?|became) of (?:it|a|an|the|them|this|that)',
    instead: 'the result of',
  },
  { pattern: 'where (?:there|none|nothing|no one)', instead: 'if there is, if none' },
  {
    pattern: '(?:null|empty|false|true|also|even|[,;]) where (?:it|they|he|she|the|a|an|its)',
    instead: 'if it',
  },
  { pattern: 'that which', instead: 'the one that' },
  { pattern: '(?:in|by) which case', instead: 'then' },
  { pattern: 'lest|whence|hence|thereof|therein|thereby|hitherto|nought|till', instead: 'a common word' },
];
