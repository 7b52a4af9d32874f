// What the command shares with the library's own files in Node. Nobody else is promised any of it: it changes with any version.
export { giveSecondName, isPartOf, NO_LINKS, partOf, writeWholeFile } from "./whole-file.js";
