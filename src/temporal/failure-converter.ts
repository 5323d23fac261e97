import { DefaultFailureConverter } from '@temporalio/common';

/** Encrypts the messages and stacks of failures too. Loaded by path, into the workflow bundle as well. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
