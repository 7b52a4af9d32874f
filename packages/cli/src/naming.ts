/**
 * Waits for work on one file; an error of the host gets the file's path, for `sentenceOf` to name. Node names it only where opening fails:
 * reading a folder, or writing to a full disk, fails without.
 */
export async function naming<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && "code" in error) Object.assign(error, { path });
    throw error;
  }
}
