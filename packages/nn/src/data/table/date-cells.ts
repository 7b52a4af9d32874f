import type { DateOrder } from "../../schema/data-schema.js";

/** A day and maybe a time: `2026-11-28`, `28.11.2026 14:05`, `11/28/2026 2:05 PM`, `2026-11-28T14:05:00Z`. */
const DATE =
  /^(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:([ap])\.?m\.?|Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A day whose month has its name, in English: `28 Nov 2026`, `28-Nov-2026`, `November 28, 2026`. */
const NAMED =
  /^(?:[a-z]{3,9}\.?,? )?(?:(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -]|([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? )(\d{4})((?:,? +\d.*)?)$/i;

const MONTHS = "january february march april may june july august september october november december".split(
  " ",
);

/** The same in digits, the year first; as it is where it has no name of a month. */
function inDigits(cell: string): string {
  const match = NAMED.exec(cell);
  if (!match) return cell;
  const [, day, month, monthBefore, dayBehind, year, time = ""] = match;
  const name = (month ?? monthBefore)!.toLowerCase();
  const number = MONTHS.findIndex(
    (one) => one === name || one.slice(0, 3) === name || (name === "sept" && one === "september"),
  );
  return number < 0 ? cell : `${year}-${number + 1}-${day ?? dayBehind}${time.replace(",", "")}`;
}

/** A month of a year: `1949-01`. */
const MONTH = /^\d{4}-\d{2}$/;

const DAY = 86_400_000;

/** A day that begins with its year, which is read alike whatever the order of others: nobody puts the day between year and month. */
const YEAR_FIRST = /^\d{4}[-./]/;

/**
 * Days since 1970-01-01, in fractions where there is a time, and the first of a month; NaN for what is no day in this order, nor begins with its year. Times are taken as the clock showed them: what
 * a place says of its distance from Greenwich tells nothing that a row could be told by.
 */
export function readDate(cell: string, order: DateOrder): number {
  // Most cells that are no dates have no digit in front, or nothing but digits.
  const text = /[a-z]{3}/i.test(cell) ? inDigits(cell) : cell;
  const match = DATE.exec(order === "ymd" && MONTH.test(text) ? `${text}-01` : text);
  if (!match) return Number.NaN;
  const [, first, , second, third, clock = "0", minute = "0", seconds = "0", half] = match;
  if (half !== undefined && !(Number(clock) >= 1 && Number(clock) <= 12)) return Number.NaN;
  // 12 AM is midnight, and 12 PM noon.
  const hour =
    half === undefined ? Number(clock) : (Number(clock) % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  const [year, month, day] =
    order === "ymd" || YEAR_FIRST.test(text)
      ? [first, second, third]
      : order === "dmy"
        ? [third, second, first]
        : [third, first, second];
  if (year!.length !== 4 || day!.length > 2 || month!.length > 2) return Number.NaN;
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const time = Date.UTC(y, m - 1, d, hour, Number(minute), Number(seconds));
  const date = new Date(time);
  // Date.UTC takes the 31st of February for the 3rd of March.
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d || hour > 23) return Number.NaN;
  return time / DAY;
}

/**
 * The order in which all cells are dates; undefined where there is none. Where `1/2/2026` is all that a column has, the month is taken to come
 * first after a slash, and the day after a point or a dash, as people write them.
 */
export function dateOrderOf(cells: readonly string[]): DateOrder | undefined {
  const slashes = cells.find((cell) => /^\d{1,2}[-./]/.test(cell))?.includes("/") ?? false;
  const orders: readonly DateOrder[] = slashes ? ["ymd", "mdy", "dmy"] : ["ymd", "dmy", "mdy"];
  return orders.find((order) => cells.every((cell) => Number.isFinite(readDate(cell, order))));
}

/** How a date of this order is written, for sentences: `the day first, such as 31/12/2025`. */
export function dateExample(order: DateOrder): string {
  if (order === "ymd") return "the year first, such as 2025-12-31";
  const first = order === "dmy" ? "the day first, such as 31/12/2025" : "the month first, such as 12/31/2025";
  return `${first}, or as 2025-12-31`;
}

/** Whether the cells could be read with day and month exchanged. */
export function isAmbiguous(cells: readonly string[], order: DateOrder): boolean {
  if (order === "ymd") return false;
  const other = order === "mdy" ? "dmy" : "mdy";
  return cells.every((cell) => Number.isFinite(readDate(cell, other)));
}
