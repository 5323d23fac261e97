import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { findIdioms, withoutCode } from './find-idioms';

const ROOT = join(__dirname, '../../..');
const CODE = ['src', 'workflows', 'activities', 'test'];
/** A released migration is never edited, not even its comments. */
const FROZEN = join('src', 'store', 'schema', 'migrations', sep);

const files = groupByFolder([...codeFiles(), ...documents(), 'partners.yaml', 'docs/examples/partners.yaml']);

describe('the words in', () => {
  for (const [folder, paths] of files) {
    it(`${folder} are plain English`, () => {
      expect(paths.flatMap(offences)).toEqual([]);
    });
  }

  it('are searched in every folder', () => {
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['*.md', 'partners.yaml', 'src/store', 'test/unit', 'workflows']),
    );
  });
});

describe('the search for idioms', () => {
  it('names the line and a better word', () => {
    expect(findIdioms('a run\nthat goes on')).toEqual(['2: "goes on", write: is running, continues']);
  });

  it('finds a phrase that is broken between two lines of a comment', () => {
    expect(findIdioms('/**\n * a run that goes\n * on\n */')).toHaveLength(1);
    expect(findIdioms('// a run that goes\n  // on')).toHaveLength(1);
  });

  it('finds words in any case, and only whole ones', () => {
    expect(findIdioms('Whoever asks')).toHaveLength(1);
    expect(findIdioms('he was untold, or ago once')).toEqual([]);
  });

  it('leaves code in Markdown out', () => {
    expect(findIdioms(withoutCode('Write `told` here.\n```\nwhoever\n```\nTold'))).toEqual([
      '5: "Told", write: reported, shown, notified',
    ]);
  });
});

function offences(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return findIdioms(path.endsWith('.md') ? withoutCode(text) : text).map((found) => `${path}:${found}`);
}

/** This folder is left out: it has to name the idioms. */
function codeFiles(): string[] {
  return CODE.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
    .filter((path) => /\.(?:tsx?|js|css|html)$/.test(path))
    .filter((path) => !join(ROOT, path).startsWith(__dirname + sep))
    .filter((path) => !path.startsWith(FROZEN));
}

function documents(): string[] {
  return ['.', 'docs'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );
}

/** `src/store/runs/open-run.ts` belongs to `src/store`, `workflows/story.ts` to `workflows`, `partners.yaml` to itself. */
function groupByFolder(paths: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths.toSorted()) {
    const parts = relative('.', path).split(sep);
    const folder = path.endsWith('.md')
      ? '*.md'
      : parts.slice(0, Math.max(1, Math.min(2, parts.length - 1))).join('/');
    groups.set(folder, [...(groups.get(folder) ?? []), path]);
  }
  return groups;
}
