// Reads a folder of pictures from File objects, as an <input webkitdirectory> gives them, for the test to ask.
import { imageFolder } from "@loam/nn/data/images";

declare global {
  interface Window {
    readPictures(tree: Readonly<Record<string, readonly number[]>>): Promise<object>;
  }
}

window.readPictures = async (tree) => {
  const files = Object.entries(tree).map(([path, bytes]) => {
    const file = new File([Uint8Array.from(bytes)], path.split("/").at(-1)!);
    Object.defineProperty(file, "webkitRelativePath", { value: `zoo/${path}` });
    return file;
  });
  const { training, skipped, ...form } = await imageFolder(files, { name: "zoo" });
  const { data } = training.inputs;
  return {
    ...form,
    skipped,
    classNames: training.classNames,
    data: Array.from(data),
    labels: Array.from(training.labels.data),
  };
};
