// Reads a folder of pictures from File objects, as an <input webkitdirectory> gives them, for the test to ask.
import { imageFolder, type PagePicture, pictureOfPage } from "@loam/nn/data/images";

declare global {
  interface Window {
    readPage(): Promise<object>;
    readPictures(tree: Readonly<Record<string, readonly number[]>>): Promise<object>;
  }
}

/** The pixels of a drawing by each way in which a page has one. */
window.readPage = async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [3, 2];
  const context = canvas.getContext("2d")!;
  context.fillStyle = "rgb(10 20 30)";
  context.fillRect(1, 0, 1, 2);
  const image = new Image();
  image.src = canvas.toDataURL();
  await image.decode();
  const ways: Record<string, PagePicture> = {
    canvas,
    image,
    pixels: context.getImageData(0, 0, 3, 2),
    bitmap: await createImageBitmap(canvas),
  };
  const refused = () => {
    try {
      return pictureOfPage(new OffscreenCanvas(0, 0));
    } catch (error) {
      return (error as { readonly code: string }).code;
    }
  };
  const seen = Object.entries(ways).map(([name, way]) => {
    const { width, height, rgb } = pictureOfPage(way);
    return [name, { width, height, rgb: Array.from(rgb) }];
  });
  return { ...Object.fromEntries(seen), empty: refused() };
};

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
