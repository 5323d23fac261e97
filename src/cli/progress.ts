/** Lines on standard error that say what goes on: one line rewritten on a terminal, one after another elsewhere. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr) {
  const clear = '\r\u001b[2K';
  return {
    show(line: string): void {
      stream.write(stream.isTTY ? `${clear}${line} …` : `${line}\n`);
    },
    end(): void {
      if (stream.isTTY) stream.write(clear);
    },
  };
}
