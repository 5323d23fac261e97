import { version } from '../../process/package-root';

const NAME = 'provider-sync';

/**
 * A plugin of a worker without any effect. Temporal's list of workers shows the names of plugins, so that this one
 * shows which version of provider-sync a worker is.
 */
export const VERSION_PLUGIN = { name: `${NAME} ${version}` };

/** The version of provider-sync, from the plugins that a worker reports; null if it reports none. */
export function versionIn(plugins: readonly { readonly name?: string | null }[]): string | null {
  const own = plugins.find(({ name }) => name?.startsWith(`${NAME} `));
  return own?.name?.slice(NAME.length + 1) ?? null;
}
