/** Numbers as a person reads them. English digits and marks whatever the locale, so that logs can be compared. */

/** 54410 → `54,410`. */
export function showCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** 0.98654 → `98.65 %`. Cut, not rounded: 99.996 % must never read 100 %. */
export function showPercent(fraction: number, digits = 2): string {
  if (!Number.isFinite(fraction)) return "– %";
  const unit = 10 ** digits;
  // A millionth of a digit makes up for fractions such as 0.29 whose product falls just short of a whole number.
  return `${(Math.floor(fraction * 100 * unit + 1e-6) / unit).toFixed(digits)} %`;
}

/** Four digits after the point for everyday losses, powers of ten for the rest. */
export function showLoss(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(3) : value.toFixed(4);
}

/** 75 → `1:15`, 3700 → `1:01:40`; what is not known yet → `–:––`. */
export function showDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–:––";
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Time that has passed: `0.83 s`, `12.4 s`, then minutes. */
export function showElapsed(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : showDuration(seconds);
}
