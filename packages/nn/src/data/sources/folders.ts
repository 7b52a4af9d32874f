// Data from folders, which Node has; a browser gets no-folders.ts in its place.
export { loadIdxFolder } from "./idx-folder.js";
export { loadMnist } from "./mnist.js";
