import type { DataSource } from "../data-source.js";
import { readRecordings } from "../load-recordings.js";
import { readTexts } from "../load-text.js";

/** Texts or recordings, each of one class, in the parts of their folder. */
export interface LabelledFiles {
  /** `texts` or `recordings`. */
  readonly what: string;
  readonly parts: readonly (readonly [name: string, files: readonly LabelledFile[]])[];
}

interface LabelledFile {
  readonly label: string;
  /** How it begins. */
  readonly begin: string;
}

/** What a folder of texts or recordings holds; undefined for other data. */
export async function labelledFiles(source: DataSource): Promise<LabelledFiles | undefined> {
  if (source.kind === "texts" && !source.table) {
    const { training, test } = await readTexts(source.path);
    const files = (texts: typeof training) => texts.map(({ label, text }) => ({ label, begin: text }));
    return { what: "texts", parts: parts(files(training), test && files(test)) };
  }
  if (source.kind === "recordings") {
    const { recordings, test } = await readRecordings(source, {});
    const files = (all: typeof recordings) =>
      all.map(({ label, table }) => ({
        label,
        begin: `${table.rows} rows of ${table.columns.map(({ name }) => name).join(", ")}`,
      }));
    return { what: "recordings", parts: parts(files(recordings), test && files(test)) };
  }
  return undefined;
}

function parts(
  training: readonly LabelledFile[],
  test: readonly LabelledFile[] | undefined,
): LabelledFiles["parts"] {
  return [["training", training], ...(test ? [["test", test] as const] : [])];
}
