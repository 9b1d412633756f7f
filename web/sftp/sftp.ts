import { sshString, uint32, WireReader } from "../../ssh-format/ssh-wire.ts";
import { chunkBytes, noAttributes, openFlags, type Packet, readSize, statusCodes, types, uint64 } from "./packets.ts";
import type { Requests } from "./requests.ts";
import { errorOfStatus, SftpError } from "./sftp-error.ts";

/** Requests on their way at the same time: half a megabyte, which fills 4 MB/s over 130 ms. */
const requestsAhead = 16;

/** Bytes: a download is in the page's memory until it is saved. */
export const longestDownload = 512 * 1024 * 1024;

export interface TransferOptions {
  readonly signal: AbortSignal;
  /** @param bytes transferred so far */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** Sends a file. Nothing is overwritten. @throws SftpError `exists` among others; the signal's reason */
export async function upload(requests: Requests, path: string, file: Blob, options: TransferOptions): Promise<void> {
  if (await exists(requests, path)) throw new SftpError("exists");
  const { write, create, exclusive } = openFlags;
  const flags = uint32(write | create | exclusive);
  await withHandle(requests, [path, flags, noAttributes], async (handle) => {
    await inChunks(file.size, options, async (offset) => {
      const bytes = new Uint8Array(await file.slice(offset, offset + chunkBytes).arrayBuffer());
      expectOk(await requests.about(types.write, handle, uint64(offset), sshString(bytes)));
      return bytes.length;
    });
  });
}

/** Fetches a file. @throws SftpError `too-large` among others; the signal's reason */
export async function download(requests: Requests, path: string, options: TransferOptions): Promise<Blob> {
  const size = sizeOf(await requests.about(types.stat, path)) ?? 0;
  if (size > longestDownload) throw new SftpError("too-large");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await withHandle(requests, [path, uint32(openFlags.read), noAttributes], async (handle) => {
    // What Linux makes as it is read, as in /proc, has no size before.
    if (size === 0 && (await readFully(requests, handle, 0, 1)).length > 0) throw new SftpError("no-size");
    await inChunks(size, options, async (offset, index) => {
      const bytes = await readFully(requests, handle, offset, Math.min(chunkBytes, size - offset));
      parts[index] = bytes;
      return bytes.length;
    });
  });
  return new Blob(parts);
}

/** A server may give less than it was asked for. The file may have become shorter. */
async function readFully(requests: Requests, handle: Uint8Array, from: number, length: number) {
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const response = await requests.about(types.read, handle, uint64(from + read), uint32(length - read));
    if (response.type === types.status && statusOf(response) === statusCodes.endOfFile) break;
    const data = new WireReader(expect(response, types.data)).string();
    if (data.length === 0 || data.length > length - read) throw new SftpError("protocol");
    bytes.set(data, read);
    read += data.length;
  }
  return bytes.subarray(0, read);
}

async function withHandle(
  requests: Requests,
  [path, ...fields]: readonly [string, ...Uint8Array[]],
  use: (handle: Uint8Array) => Promise<void>,
): Promise<void> {
  const handle = new WireReader(expect(await requests.about(types.open, path, ...fields), types.handle)).string();
  let isComplete = false;
  try {
    await use(handle);
    isComplete = true;
  } finally {
    // The server may find only now that the disk is full.
    const closed = requests.about(types.close, handle);
    if (isComplete) expectOk(await closed);
    else closed.catch(() => {});
  }
}

/** Calls for each chunk of a file, a few of them at the same time. @param each returns the bytes that it transferred */
async function inChunks(
  size: number,
  { signal, onProgress }: TransferOptions,
  each: (offset: number, index: number) => Promise<number>,
): Promise<void> {
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let offset = next; offset < size; offset = next) {
      signal.throwIfAborted();
      next += chunkBytes;
      const transferred = await each(offset, offset / chunkBytes);
      done += transferred; // after the wait: others have added to it meanwhile
      onProgress?.(done);
    }
  };
  await Promise.all(Array.from({ length: requestsAhead }, work));
  signal.throwIfAborted();
}

async function exists(requests: Requests, path: string): Promise<boolean> {
  const response = await requests.about(types.stat, path);
  if (response.type === types.attrs) return true;
  if (statusOf(response) === statusCodes.noSuchFile) return false;
  throw errorOfStatus(statusOf(response));
}

const sizeOf = (response: Packet) => readSize(new WireReader(expect(response, types.attrs)));

/** @returns the body of a response of this type. @throws SftpError what its status says */
function expect(response: Packet, type: number): Uint8Array {
  if (response.type === type) return response.body;
  throw errorOfStatus(statusOf(response));
}

function expectOk(response: Packet): void {
  if (statusOf(response) !== statusCodes.ok) throw errorOfStatus(statusOf(response));
}

function statusOf({ type, body }: Packet): number {
  if (type !== types.status || body.length < 4) throw new SftpError("protocol");
  return new WireReader(body).uint32();
}
