import { readdir, readFile, readlink } from 'node:fs/promises';

/** The TCP ports that a process listens on (Linux; fields as in proc(5) and tcp(7)). */
export async function listeningPorts(pid: number): Promise<number[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(
    descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
  );
  const lines = (await readFile(`/proc/${pid}/net/tcp`, 'utf8')).split('\n').slice(1);
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [address = '', state, inode] = [fields[1], fields[3], fields[9]];
    const isListening = state === '0A' && links.includes(`socket:[${inode}]`);
    return isListening ? [Number.parseInt(address.split(':')[1] ?? '', 16)] : [];
  });
}
