import { join } from 'node:path';
import { PACKAGE_ROOT } from '../process/package-root';

/** The bundled workflows, written by the build. */
export const WORKFLOW_BUNDLE_PATH = join(PACKAGE_ROOT, 'dist/workflow-bundle.js');
