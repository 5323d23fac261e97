import { ask, type TestApi } from './api';

/** Reads pages as a browser does, without a browser. */
export function pageReader(api: TestApi) {
  const show = (path: string) => ask<string>(api, path, { headers: { Accept: 'text/html' } });

  /** The export to which a page links. */
  async function exportOf(path: string): Promise<string> {
    const { body } = await show(path);
    const [, href = ''] = /<a id="export" href="([^"]*)"/.exec(body) ?? [];
    return (await ask<string>(api, href.replaceAll('&amp;', '&'))).body;
  }

  return { show, exportOf };
}
