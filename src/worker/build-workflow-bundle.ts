import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { CONVERTER_PATHS } from '../temporal/payloads/data-converter';
import { WORKFLOW_BUNDLE_PATH } from './workflow-bundle';

/** Bundles the workflows once, at build time, so that a worker starts at once and runs what was tested. */
async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '../../workflows/index.js'),
    ...CONVERTER_PATHS,
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(WORKFLOW_BUNDLE_PATH, code);
}

void main();
