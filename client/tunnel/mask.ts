/**
 * Masking, for the library `ws`, four bytes at a time: it is most of the work of sending. client/build.ts puts this module in the
 * place of `bufferutil`, the native one that `ws` uses if it is installed.
 *
 * RFC 6455, 5.3: byte i of the payload, XOR byte i mod 4 of the mask.
 *
 * @param source may be the same as `output`.
 * @param length bytes of the source, from its start.
 */
// biome-ignore lint/complexity/useMaxParams: `ws` calls it as it calls `bufferutil`.
export function mask(source: Uint8Array, key: Uint8Array, output: Uint8Array, offset: number, length: number): void {
  const isAligned = source.byteOffset % 4 === 0 && (output.byteOffset + offset) % 4 === 0;
  const words = isAligned ? Math.floor(length / 4) : 0;
  const keyWord = new Uint32Array(Uint8Array.from(key).buffer, 0, 1)[0] ?? 0;
  const from = new Uint32Array(source.buffer, isAligned ? source.byteOffset : 0, words);
  const to = new Uint32Array(output.buffer, isAligned ? output.byteOffset + offset : 0, words);
  // In the machine's own order of bytes, on both sides of the XOR.
  for (let word = 0; word < words; word++) to[word] = (from[word] ?? 0) ^ keyWord;
  for (let index = words * 4; index < length; index++)
    output[offset + index] = (source[index] ?? 0) ^ (key[index % 4] ?? 0);
}

/** The same again takes a mask away. */
export function unmask(buffer: Uint8Array, key: Uint8Array): void {
  mask(buffer, key, buffer, 0, buffer.length);
}
