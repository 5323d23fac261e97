import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { PACKAGE_ROOT } from '../process/package-root';
import { CONVERTER_PATHS } from '../temporal/payloads/data-converter';

/** The bundled workflows. The build writes this file, so that a worker starts quickly and runs the tested code. */
export const WORKFLOW_BUNDLE_PATH = join(PACKAGE_ROOT, 'dist/workflow-bundle.js');

const WORKFLOWS = join(__dirname, '../../workflows/index.js');
const INTERCEPTORS = join(__dirname, '../../workflows/interceptors.js');

/**
 * The modules that all runs share. The SDK would load the others again for each run, and V8 would then execute them each
 * time as new code. A shared module must keep no state of a run: its exports are frozen, its variables are not.
 */
const SHARED = ['@temporalio/workflow', CONVERTER_PATHS.payloadConverterPath, INTERCEPTORS, WORKFLOWS];

async function buildWorkflowBundle(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    workflowInterceptorModules: [INTERCEPTORS],
    preloadModules: SHARED,
    ...CONVERTER_PATHS,
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(WORKFLOW_BUNDLE_PATH, code);
}

if (require.main === module) void buildWorkflowBundle();
