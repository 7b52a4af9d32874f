import { DataError, FormatError } from "../../errors.js";

/** A file's text, and how its bytes were read where that is not UTF-8. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: "UTF-8" | "UTF-16" | "Windows-1252";
}

/** The most characters that a text of V8 has, and so Node and Chromium. */
const LONGEST = 2 ** 29 - 24;

/**
 * Reads the text of a table as spreadsheets and databases save it: UTF-8 or UTF-16, with a mark of the byte order or without, else
 * Windows-1252, in which any byte has a meaning.
 * @throws {DataError} `table-too-large`. @throws {FormatError} `csv-not-text` for bytes that no text has, such as a workbook's.
 */
export function decodeText(bytes: Uint8Array, name: string): DecodedText {
  if (bytes.length > LONGEST) throw tooLarge(bytes.length, name);
  const utf16 = utf16Of(bytes);
  if (utf16) return { text: new TextDecoder(utf16).decode(bytes), encoding: "UTF-16" };
  if (bytes.includes(0)) throw notText(name, bytes);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), encoding: "UTF-8" };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "Windows-1252" };
  }
}

/** By its mark; or since of ASCII every second byte is 0, which in UTF-8 occurs in no text. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const start = bytes.subarray(0, 1000);
  const zeros = [0, 0];
  start.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]!++;
  });
  const most = start.length / 4;
  if (zeros[1]! > most && zeros[0] === 0) return "utf-16le";
  if (zeros[0]! > most && zeros[1] === 0) return "utf-16be";
  return undefined;
}

function tooLarge(bytes: number, name: string): DataError {
  return new DataError(
    "table-too-large",
    `${name}: has ${Math.ceil(bytes / 2 ** 20)} MiB, and a text holds 512; give the command the file as CSV in UTF-8, which it reads in pieces, or read a table of numbers with csvSource.`,
    { file: name },
  );
}

function notText(name: string, bytes: Uint8Array): FormatError {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const what = isZip ? "is a ZIP archive, as workbooks (.xlsx) are" : "is not text";
  return new FormatError("csv-not-text", `${name}: ${what}; save the table as CSV in UTF-8.`, { file: name });
}
