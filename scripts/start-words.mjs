/**
 * What `npm start` says to `loam`, and which folder the run is in, where that can be told before it begins. `given` are the flags after `--`:
 * what they leave open has a value here, so that everybody sees the same figures. A configuration, or a run that goes on, brings its own.
 * @param {readonly string[]} given
 * @param {Date} now
 */
export function startWords(given, now) {
  const has = (name) => given.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const usual = {};
  if (!has("config") && !has("resume")) {
    const time = now.toISOString().slice(0, 19).replaceAll(":", "-");
    Object.assign(usual, { model: "cnn", data: "digits", epochs: "3", seed: "1", out: `runs/${time}-start` });
    for (const name of Object.keys(usual)) if (has(name)) delete usual[name];
    if (has("steps")) delete usual.epochs;
  }
  const asked = has("help") || given.includes("-h");
  return {
    words: ["train", ...Object.entries(usual).flatMap(([name, value]) => [`--${name}`, value]), ...given],
    folder: asked ? undefined : (flagValue(given, "out") ?? flagValue(given, "resume") ?? usual.out),
  };
}

/** A flag's value, of `--name value` and `--name=value` alike; of several the last one counts. */
function flagValue(given, name) {
  const at = given.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  if (at < 0) return undefined;
  return given[at] === `--${name}` ? given[at + 1] : given[at].slice(`--${name}=`.length);
}
