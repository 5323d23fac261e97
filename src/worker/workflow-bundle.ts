import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { PACKAGE_ROOT } from '../process/package-root';
import { CONVERTER_PATHS } from '../temporal/payloads/data-converter';

/** The bundled workflows. The build writes this file, so that a worker starts quickly and runs the tested code. */
export const WORKFLOW_BUNDLE_PATH = join(PACKAGE_ROOT, 'dist/workflow-bundle.js');

async function buildWorkflowBundle(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '../../workflows/index.js'),
    workflowInterceptorModules: [join(__dirname, '../../workflows/interceptors.js')],
    ...CONVERTER_PATHS,
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(WORKFLOW_BUNDLE_PATH, code);
}

if (require.main === module) void buildWorkflowBundle();
