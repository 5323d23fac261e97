/** Who did something, if the request does not name a person. */
export const UNNAMED_OPERATOR = { web: 'an operator (web page)', api: 'an operator (API)' } as const;
