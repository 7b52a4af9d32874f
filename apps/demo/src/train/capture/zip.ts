const encoder = new TextEncoder();
/** The CRC of each byte, by the polynomial of ZIP and PNG. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** Files in a ZIP archive, as they are: pictures are packed already, and tables are small. Names are UTF-8. */
export async function zip(files: readonly { readonly path: string; readonly file: Blob }[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let at = 0;
  let directoryBytes = 0;
  for (const { path, file } of files) {
    const name = encoder.encode(path);
    const bytes = new Uint8Array(await file.arrayBuffer());
    // Version 2.0, names in UTF-8, stored, midnight of 1980-01-01.
    const common = [20, 0x0800, 0, 0, 0x21] as const;
    const sizes = [crcOf(bytes), bytes.length, bytes.length] as const;
    const local = header(0x04034b50, [...common], [...sizes], [name.length, 0]);
    const central = header(0x02014b50, [20, ...common], [...sizes], [name.length, 0, 0, 0, 0], [0, at]);
    parts.push(local, name, bytes);
    directory.push(central, name);
    at += local.length + name.length + bytes.length;
    directoryBytes += central.length + name.length;
  }
  const end = header(0x06054b50, [0, 0, files.length, files.length], [directoryBytes, at], [0]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

/** A signature, then by turns numbers of two bytes and of four, little end first. */
function header(signature: number, ...groups: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const bytes = groups.reduce((sum, { length }, i) => sum + length * (i % 2 === 0 ? 2 : 4), 4);
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint32(0, signature, true);
  let at = 4;
  for (const [i, group] of groups.entries()) {
    for (const value of group) {
      if (i % 2 === 0) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      at += i % 2 === 0 ? 2 : 4;
    }
  }
  return new Uint8Array(view.buffer);
}
