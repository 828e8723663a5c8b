import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

/**
 * Until the test ends, `write` of every open file takes one byte at a time, as the system may on a
 * disk that is nearly full; whoever writes has to see to the rest. The folder must exist.
 */
export async function takingOneByte(folder: string): Promise<void> {
  const probe = await open(join(folder, 'probe'), 'w');
  const prototype: object = Object.getPrototypeOf(probe);
  // Its type does not show that the method is the same for all open files.
  const handles = prototype as { write(buffer: Buffer): Promise<unknown> };
  const write = Reflect.get(handles, 'write');
  await probe.close();
  const spy = vi.spyOn(handles, 'write').mockImplementation(function one(this: unknown, data) {
    return Reflect.apply(write, this, [Buffer.from(data).subarray(0, 1)]);
  });
  onTestFinished(() => {
    spy.mockRestore();
  });
}
