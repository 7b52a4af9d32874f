import { crc32, deflateSync } from "node:zlib";

/** Height, width, and a byte a channel in [channels, height, width] order, as datasets hold pictures. */
export interface Picture {
  readonly data: Uint8Array;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

/** A picture as a `data:` address of a PNG: what a page shows without asking for anything. */
export function pictureAddress(picture: Picture): string {
  return `data:image/png;base64,${encodePng(picture).toString("base64")}`;
}

/** The PNG of a picture, 8 bits a channel, grey or RGB, no filter. PNG 3rd edition, https://www.w3.org/TR/png-3/ */
export function encodePng({ data, channels, height, width }: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  const stride = width * channels + 1;
  const rows = Buffer.alloc(stride * height);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++)
        rows[y * stride + 1 + x * channels + channel] = data[(channel * height + y) * width + x]!;
    }
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = Buffer.alloc(4);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  ends.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, ends]);
}
