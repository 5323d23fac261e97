import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { PACKAGE_ROOT } from '../process/package-root';
import { CONVERTER_PATHS } from '../temporal/payloads/data-converter';

/** The bundled workflows. The build writes this file, so that a worker starts quickly and runs the tested code. */
export const WORKFLOW_BUNDLE_PATH = join(PACKAGE_ROOT, 'dist/workflow-bundle.js');
/** The same workflows with the interceptor that records traces. */
export const TRACED_BUNDLE_PATH = join(PACKAGE_ROOT, 'dist/traced-workflow-bundle.js');

const inWorkflows = (name: string) => join(__dirname, `../../workflows/${name}.js`);
const WORKFLOWS = inWorkflows('index');

/**
 * The modules that all runs share. The SDK would load the others again for each run, and V8 would then execute them each
 * time as new code. A shared module must keep no state of a run: its exports are frozen, its variables are not.
 */
const SHARED = ['@temporalio/workflow', CONVERTER_PATHS.payloadConverterPath, WORKFLOWS];

/** @param names of the modules with interceptors */
async function bundle(path: string, names: readonly string[]): Promise<void> {
  const interceptors = names.map(inWorkflows);
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    workflowInterceptorModules: interceptors,
    preloadModules: [...SHARED, ...interceptors],
    ...CONVERTER_PATHS,
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(path, code);
}

async function bundleAll(): Promise<void> {
  await Promise.all([
    bundle(WORKFLOW_BUNDLE_PATH, ['interceptors']),
    bundle(TRACED_BUNDLE_PATH, ['trace-interceptors', 'interceptors']),
  ]);
}

if (require.main === module) void bundleAll();
